"""Models: arrays in, a frozen result out. They know neither the store nor the names of things."""
