"""What a collection's own catalogue says of its pictures: records in many formats, linked to images, joined to their metadata."""
