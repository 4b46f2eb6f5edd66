"""Who may use which command where, as a server's administrators decided, else by default."""
