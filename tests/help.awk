# Prints each target of a Makefile with the ## comment before it.
/^## / { text = substr($0, 4); next }
/^[a-z0-9-]+:/ && text { split($0, name, ":"); printf "  make %-14s %s\n", name[1], text }
{ text = "" }
