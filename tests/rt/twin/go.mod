module twin

go 1.23
