"""The rules of derivations, one file a rule."""
