"""What is labeled and with what: concepts, inputs, datasets, annotations."""
