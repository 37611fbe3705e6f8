"""What all commands share on the terminal: options, messages, progress, help texts and the verdict of a build."""
