module vaultbuild

// Vault replaces its own sdk by a folder that module archives leave out. 1.21.1 is the release whose
// tree compiles with a tagged sdk; the later 1.21 releases do not.
go 1.26.0

require github.com/hashicorp/vault v1.21.1

require (
	github.com/godbus/dbus v4.1.0+incompatible // indirect
	github.com/gsterjov/go-libsecret v0.0.0-20161001094733-a6f4afe4910c // indirect
)

replace github.com/hashicorp/vault/sdk => github.com/hashicorp/vault/sdk v0.20.0
