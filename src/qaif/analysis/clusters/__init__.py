"""Who moves together: scripts of common control, from transactions that spend from several of them."""
