"""An invented mountain border province: administrative lists with known truth."""
