"""Trains Dubwright's models: lips from sound, and the expert that hears and sees whether both belong together."""
