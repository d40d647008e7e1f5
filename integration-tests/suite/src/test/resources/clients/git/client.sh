# git. $1 is the base URL, $2 a file to push.
set -eu
git clone -q "$1/git/project.git" here
cp "$2" here/pushed
git -C here add pushed
git -C here -c user.name=agent -c user.email=agent@example.test commit -q -m 'A change'
git -C here push -q origin HEAD:main
git clone -q "$1/git/project.git" again
cmp "$2" again/pushed
printf '{"exercise":"own","status":200,"saw":"%s"}\n' "$(cat again/greeting)"
