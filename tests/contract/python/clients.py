"""boto3 against an endpoint: prints one line for each passing case, and ends with a traceback at a failing one.

    python clients.py http://127.0.0.1:4566 sqs|dynamodb|s3|sts
"""

import io
import json
import os
import sys
import urllib.request
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
OPTIONS = {
    "endpoint_url": ENDPOINT,
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
    "config": Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
}


def error_code(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "no error"


def sqs():
    client = boto3.client("sqs", **OPTIONS)
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = client.create_queue(QueueName="py.fifo", Attributes=fifo)["QueueUrl"]
    attributes = {"b": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}, "n": {"DataType": "Number", "StringValue": "1"}}
    for body in ("one", "zwei ü\n"):
        # boto3 itself compares the MD5s of the messages that it sent.
        client.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g", MessageAttributes=attributes)
    received = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])["Messages"]
    assert [m["Body"] for m in received] == ["one", "zwei ü\n"], received
    assert received[0]["MessageAttributes"] == attributes, received
    print("ok messages with attributes are received in order")

    entries = [{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(received)]
    entries.append({"Id": "bad", "ReceiptHandle": "garbage"})
    answer = client.delete_message_batch(QueueUrl=url, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["0", "1"] and answer["Failed"][0]["Id"] == "bad", answer
    assert "Messages" not in client.receive_message(QueueUrl=url)
    print("ok a batch deletes the valid entries and names the others")

    assert error_code(client.get_queue_url, QueueName="none") == "AWS.SimpleQueueService.NonExistentQueue"
    try:
        client.get_queue_url(QueueName="none")
    except client.exceptions.QueueDoesNotExist:
        print("ok errors are the client's own exceptions")

    urls = [client.create_queue(QueueName=f"page-{i}")["QueueUrl"] for i in range(5)]
    pages = client.get_paginator("list_queues").paginate(QueueNamePrefix="page-", PaginationConfig={"PageSize": 2})
    assert [u for page in pages for u in page["QueueUrls"]] == urls
    queue = boto3.resource("sqs", **OPTIONS).get_queue_by_name(QueueName="page-0")
    queue.send_messages(Entries=[{"Id": "a", "MessageBody": "x"}])
    message, = queue.receive_messages(AttributeNames=["All"])
    assert message.attributes["ApproximateReceiveCount"] == "1"
    message.delete()
    print("ok queues are listed in pages, and the resource interface works")


def dynamodb():
    resource = boto3.resource("dynamodb", **OPTIONS)
    table = resource.create_table(
        TableName="py-table",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait_until_exists()
    with table.batch_writer() as batch:
        for i in range(60):
            batch.put_item(Item={"pk": "p", "sk": i, "tags": {"a", "b"}, "n": Decimal("1.50"), "extra": b"\x00", "deep": {"l": [None, True, "ü"]}})
    item = table.get_item(Key={"pk": "p", "sk": 7})["Item"]
    assert item["tags"] == {"a", "b"} and item["n"] == Decimal("1.5") and item["deep"] == {"l": [None, True, "ü"]}, item
    print("ok every type is read as it was written")

    # The builder nests parentheses.
    filter_ = (Attr("n").gt(1) & Attr("tags").contains("a")) | (Attr("none").exists() & ~Attr("n").between(5, 6))
    found = table.query(KeyConditionExpression=Key("pk").eq("p") & Key("sk").between(10, 19), FilterExpression=filter_, ScanIndexForward=False)
    assert [int(one["sk"]) for one in found["Items"]] == list(range(19, 9, -1)), found
    pages = resource.meta.client.get_paginator("scan").paginate(TableName="py-table", PaginationConfig={"PageSize": 25})
    assert sum(len(page["Items"]) for page in pages) == 60
    print("ok queries with the condition builder, and pages")

    updated = table.update_item(
        Key={"pk": "p", "sk": 0},
        UpdateExpression="SET #n = #n + :one, deep.l[0] = :one ADD tags :more REMOVE extra",
        ConditionExpression=Attr("n").eq(Decimal("1.5")),
        ExpressionAttributeNames={"#n": "n"},
        ExpressionAttributeValues={":one": 1, ":more": {"c"}},
        ReturnValues="ALL_NEW",
    )["Attributes"]
    assert updated["n"] == Decimal("2.5") and updated["tags"] == {"a", "b", "c"} and "extra" not in updated, updated
    code = error_code(table.put_item, Item={"pk": "p", "sk": 0}, ConditionExpression="attribute_not_exists(pk)")
    assert code == "ConditionalCheckFailedException", code
    print("ok conditional writes")

    client = resource.meta.client
    client.transact_write_items(TransactItems=[{"Put": {"TableName": "py-table", "Item": {"pk": "t", "sk": i}}} for i in range(3)])
    code = error_code(client.transact_write_items, TransactItems=[
        {"Put": {"TableName": "py-table", "Item": {"pk": "t", "sk": 9}}},
        {"ConditionCheck": {"TableName": "py-table", "Key": {"pk": "none", "sk": 0}, "ConditionExpression": "attribute_exists(pk)"}},
    ])
    assert code == "TransactionCanceledException", code
    assert "Item" not in table.get_item(Key={"pk": "t", "sk": 9})
    table.delete()
    table.wait_until_not_exists()
    print("ok transactions write all items or none")


def s3():
    client = boto3.client("s3", **OPTIONS)
    client.create_bucket(Bucket="py-bucket")
    big = os.urandom(20_000_000)
    config = TransferConfig(multipart_threshold=8_000_000, multipart_chunksize=6_000_000)
    client.upload_fileobj(io.BytesIO(big), "py-bucket", "big/ü 1.bin", Config=config, ExtraArgs={"Metadata": {"k": "v"}})
    out = io.BytesIO()
    client.download_fileobj("py-bucket", "big/ü 1.bin", out, Config=config)
    head = client.head_object(Bucket="py-bucket", Key="big/ü 1.bin")
    assert out.getvalue() == big and head["Metadata"] == {"k": "v"} and head["ETag"].endswith('-4"'), head
    print("ok 20 MB are uploaded in parts and downloaded in ranges")

    for algorithm in ("CRC32", "SHA1", "SHA256"):
        client.put_object(Bucket="py-bucket", Key="sum", Body=b"body", ChecksumAlgorithm=algorithm)
        response = client.get_object(Bucket="py-bucket", Key="sum", ChecksumMode="ENABLED")
        assert response["Body"].read() == b"body" and response[f"Checksum{algorithm}"], response
    assert error_code(client.put_object, Bucket="py-bucket", Key="sum", Body=b"x", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==") == "BadDigest"
    print("ok checksums")

    for i in range(25):
        client.put_object(Bucket="py-bucket", Key=f"list/{i:02}", Body=b"")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="py-bucket", PaginationConfig={"PageSize": 7}, Delimiter="/")
    prefixes = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]
    assert prefixes == ["big/", "list/"], prefixes
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="py-bucket", Prefix="list/", PaginationConfig={"PageSize": 7})
    keys = [one["Key"] for page in pages for one in page["Contents"]]
    assert keys == [f"list/{i:02}" for i in range(25)], keys
    deleted = client.delete_objects(Bucket="py-bucket", Delete={"Objects": [{"Key": key} for key in keys]})
    assert len(deleted["Deleted"]) == 25, deleted
    print("ok objects are listed in pages, and many are deleted in one call")

    url = client.generate_presigned_url("get_object", Params={"Bucket": "py-bucket", "Key": "sum", "ResponseContentType": "text/x"})
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"body" and answer.headers["content-type"] == "text/x"
    for key, code in (("none", "NoSuchKey"), ("", "NoSuchBucket")):
        assert error_code(client.get_object, Bucket="py-bucket" if key else "py-none", Key=key or "k") == code
    client.copy_object(Bucket="py-bucket", Key="copy", CopySource={"Bucket": "py-bucket", "Key": "big/ü 1.bin"})
    bucket = boto3.resource("s3", **OPTIONS).Bucket("py-bucket")
    assert sorted(one.key for one in bucket.objects.all()) == ["big/ü 1.bin", "copy", "sum"]
    bucket.objects.all().delete()
    bucket.delete()
    print("ok presigned URLs, copies, and the resource interface")


def sts():
    identity = boto3.client("sts", **OPTIONS).get_caller_identity()
    assert identity["Account"] == "000000000000", identity
    health = json.load(urllib.request.urlopen(f"{ENDPOINT}/_localstack/health"))
    assert health["services"]["sqs"] == "running", health
    print("ok get_caller_identity returns the account")


{"sqs": sqs, "dynamodb": dynamodb, "s3": s3, "sts": sts}[sys.argv[2]]()
