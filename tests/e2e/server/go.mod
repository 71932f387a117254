module plumb.test/server

go 1.19
