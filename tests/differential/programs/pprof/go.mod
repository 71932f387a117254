module example.com/plumb/pprof

go 1.21

require github.com/google/pprof v0.0.0

require github.com/ianlancetaylor/demangle v0.0.0

replace github.com/google/pprof => ./pprof

replace github.com/ianlancetaylor/demangle => ./demangle
