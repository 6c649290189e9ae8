# The commands a person needs. Those for every day want no root; the others install what they miss (Debian or Ubuntu, as root or with sudo).
SHELL := /bin/bash
PUBLISH := artifacts/publish/remote-signer
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: help check unit lint demo test coverage mutate renamed vectors fuzz proof constant-time bench e2e machine-test modules pages \
	publish deb release reproducible format install clean

## This list.
help:
	@awk -f tests/help.awk $(MAKEFILE_LIST)

## Before a commit, in minutes and without root: format, a build with all analyzers, lint, the fast unit tests.
check:
	@tests/check.sh

## Unit tests without root, for the inner loop: ROOM=Slashing takes those of one room alone, CLASS=WatermarkTests one class.
unit:
	@ROOM='$(ROOM)' CLASS='$(CLASS)' tests/unit.sh

## What no compiler reads: lengths of lines, shell and Python scripts, the OpenAPI documents.
lint:
	@tests/lint.sh


## Four signers of a 3-of-4 cluster; ONCE=1 ends after the steps, SEAL=tpm seals under TPMs, NATIVE=1 takes the published binary.
demo: $(if $(NATIVE),publish,install)
	@tests/demo.sh $(if $(NATIVE),--native,) $(if $(ONCE),--once,) $(if $(filter tpm,$(SEAL)),--tpm,)

## Every test; the last line is "N passed, N failed".
test: publish
	@tests/run.sh

## Lines that the unit tests run, by room (minutes). ROOM=Slashing: one project of tests; FAST=1: without the slow tests.
coverage:
	@tests/coverage.sh $(ROOM)

## Every small fault in the law (rules, fence, start, import, access): does a test notice it? FILES="Start Fence.cs:364" takes some.
mutate:
	@tests/mutate.sh $(FILES)

## The golden files hold when every type and enum member has another name (seconds, after a build of the unit tests).
renamed:
	@tests/renamed.sh

## The test vectors of others, into artifacts/vectors. Ours are in tests/vectors; without the others their tests are skipped by name.
vectors:
	@tests/vectors.sh

## Bad input at every door and in every kind of file, for SECONDS=600; SEED= repeats a run. A minute of it is in "make test".
fuzz: publish
	@dotnet run --project tests/RemoteSigner.Fuzz -c Release --verbosity quiet -- $(or $(SECONDS),600) $(SEED)

## The proof of slashing protection and of the fence, on a model (minutes). MUTATIONS=1 shows that each wrong rule makes it fail.
proof: install
	@tests/proof.sh $(if $(MUTATIONS),--mutations,)

## Same-root signing is right and constant time: field bounds, valgrind, traces, a million signatures against blst's (minutes).
constant-time: install
	@tests/constant-time/all.sh

## Speed and memory as ratios of one run, into artifacts/bench/latest.json. QUICK=1: a small version; ONLY=batch,burst: some parts.
bench: publish
	@dotnet publish tests/RemoteSigner.BareServer -c Release -r linux-x64 -o artifacts/bench/bare --verbosity quiet
	@dotnet run --project tests/RemoteSigner.Benchmarks -c Release --verbosity quiet

## A real beacon node and validator client on our signatures (minutes; REAL_CLIENT=FOLDER has it). CLIENT_CLI=FILE takes another Lodestar.
e2e: publish
	@tests/e2e.sh

## firmware-config/README.md word for word on a Debian that boots for it (minutes, as root). KIND=softhsm2|tpm|opencryptoki|container.
machine-test: deb
	@tests/install.sh machine
	@tests/machine/run.sh artifacts/deb/remote-signer.deb $(KIND)

## A signer with each PKCS#11 module that Debian has beside SoftHSM2: a table of verdicts (half a minute; fetches one package).
modules: publish
	@tests/pkcs11-modules.sh

## Every fenced block of README.md and docs/ is run, parsed, or says why not; every relative link leads somewhere (half a minute).
pages: publish
	@tests/pages.py

## The NativeAOT binary in artifacts/publish/remote-signer/.
publish: install
	@tests/publish.sh $(PUBLISH)

## The Debian package of it in artifacts/deb/; VERSION= instead of the one from tag or commit.
deb: publish
	@firmware-config/make-deb.sh $(PUBLISH) artifacts/deb/remote-signer.deb $(VERSION)

## Tarball, Debian package, SBOM and checksums of this commit, in artifacts/release/ (minutes; docs/developer/release.md).
release: install
	@tests/release.sh

## The release twice, in two folders, compared byte by byte (twice those minutes).
reproducible: install
	@tests/reproducible.sh

## The one style of the C# here (CSharpier, 140 columns).
format:
	@dotnet tool restore >/dev/null && dotnet csharpier format src tests

## The Debian packages that the commands with root need.
install:
	@tests/install.sh

## Takes away everything that was built.
clean:
	@rm -rf artifacts && find . -name bin -o -name obj -type d -prune -exec rm -rf {} +
