"""How far the product is from a no-op with the same token check, reads, batch size, hops and commits."""
