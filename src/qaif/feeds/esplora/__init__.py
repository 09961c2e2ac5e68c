"""Explorers that speak Esplora's HTTP API: Blockstream's, mempool.space's, and self-hosted ones."""
