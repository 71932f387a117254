module example.com/plumb/busy

go 1.19
