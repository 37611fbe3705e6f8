"""The proof that districts tile their parent: edge cancellation, faces, faults, and suggested repairs."""
