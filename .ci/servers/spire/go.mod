module servers

go 1.26.0

require github.com/spiffe/spire v1.15.3

replace github.com/Keyfactor/ejbca-go-client-sdk => ./ejbca-absent
