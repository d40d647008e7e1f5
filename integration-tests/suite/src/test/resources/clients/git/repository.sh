# Makes the bare repository $1/project.git with a commit in it.
set -eu
cd "$1"
git init -q --initial-branch=main seed
echo anvil > seed/greeting
head -c 2097152 /dev/urandom > seed/large
git -C seed add .
git -C seed -c user.name=owner -c user.email=owner@example.test commit -q -m 'The beginning'
git clone -q --bare seed project.git
git -C project.git config http.receivepack true
