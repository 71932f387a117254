module example.com/leakprograms

go 1.19
