"""Telemetry: a durable spool, the delivery of its rows to Supabase, and what is sampled and asked besides."""
