"""The planar arrangement of the edges that cancellation left over: crossings, network, faces, nesting."""
