"""The pages: each reads a request, calls one function, and shows what came of it."""
