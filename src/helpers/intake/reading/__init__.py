"""Files and databases as relations on the engine, whatever their encoding, separator or sheet."""
