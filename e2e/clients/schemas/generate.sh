#!/usr/bin/env bash
# Regenerate the Go, JavaScript and Python code of the messages the clients send.
# Needs Go, Node and Python; fetches the three generators into a temporary folder.
set -euo pipefail
cd "$(dirname "$0")/proto"
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT

python3 -m venv "$tools/python"
"$tools/python/bin/pip" install --quiet grpcio-tools==1.85.1
GOBIN=$tools go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12
echo '{"private":true}' >"$tools/package.json"
npm install --prefix "$tools" --silent --no-audit --no-fund @bufbuild/protoc-gen-es@2.13.0

protoc=("$tools/python/bin/python" -m grpc_tools.protoc --proto_path=. shop/*.proto)
"${protoc[@]}" --plugin="$tools/protoc-gen-go" --go_out=../../go --go_opt=module=github.com/concord-registry/concord/e2e/clients/go
"${protoc[@]}" --plugin="$tools/node_modules/.bin/protoc-gen-es" --es_out=../../js --es_opt=target=js,import_extension=js
"${protoc[@]}" --python_out=../../python
