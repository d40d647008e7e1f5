"""boto3 puts an object and gets it, signed with a key of its own. Argument: base URL."""

import sys
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from say import say

url = urlsplit(sys.argv[1])
client = boto3.client(
    "s3",
    endpoint_url=f"{url.scheme}://{url.netloc}",
    region_name="eu-central-1",
    aws_access_key_id="agents-own-key",
    aws_secret_access_key="agents-own-secret",
    config=Config(s3={"addressing_style": "path"}),
)
bucket = url.path.strip("/")
client.put_object(Bucket=bucket, Key="s3/greeting", Body=open(sys.argv[2], "rb"))
got = client.get_object(Bucket=bucket, Key="s3/greeting")
say("own", got["ResponseMetadata"]["HTTPStatusCode"], got["Body"].read().decode())
