"""What applications do with the streams client of boto3."""

import os
from datetime import datetime, timezone

import boto3
from botocore.exceptions import ClientError

endpoint = os.environ["STATOR_ENDPOINT"]
dynamodb = boto3.resource("dynamodb", endpoint_url=endpoint)
streams = boto3.client("dynamodbstreams", endpoint_url=endpoint)

table = dynamodb.create_table(
    TableName="PythonStream",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
    StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
)
arn = table.latest_stream_arn
assert [each["StreamArn"] for each in streams.list_streams(TableName=table.name)["Streams"]] == [arn]

stream = streams.describe_stream(StreamArn=arn)["StreamDescription"]
assert stream["StreamStatus"] == "ENABLED"
assert stream["StreamLabel"] == table.latest_stream_label
assert isinstance(stream["CreationRequestDateTime"], datetime)
shards = [shard["ShardId"] for shard in stream["Shards"]]
assert len(shards) == 2 and shards == sorted(shards)


def iterator(shard, kind, **rest):
    return streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind, **rest)["ShardIterator"]


latest = {shard: iterator(shard, "LATEST") for shard in shards}
for number in range(10):
    table.put_item(Item={"id": f"item {number}", "blob": b"\x00\x01", "tags": {"a", "b"}})
    table.put_item(Item={"id": f"item {number}", "blob": b"\x00\x01", "tags": {"b", "a"}})
    table.update_item(Key={"id": f"item {number}"}, UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": 1})
    table.delete_item(Key={"id": f"item {number}"})
    table.delete_item(Key={"id": f"item {number}"})

seen = {}
for shard in shards:
    page = streams.get_records(ShardIterator=latest[shard])
    assert "NextShardIterator" in page
    assert streams.get_records(ShardIterator=page["NextShardIterator"])["Records"] == []
    for record in page["Records"]:
        change = record["dynamodb"]
        seen.setdefault(change["Keys"]["id"]["S"], []).append(record["eventName"])
        age = datetime.now(timezone.utc) - change["ApproximateCreationDateTime"]
        assert abs(age.total_seconds()) < 60
        if "NewImage" in change:
            assert change["NewImage"]["blob"] == {"B": b"\x00\x01"}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in page["Records"]]
    assert numbers == sorted(numbers, key=int)
    again = streams.get_records(ShardIterator=iterator(shard, "TRIM_HORIZON"))["Records"]
    assert again == page["Records"]
    rest = streams.get_records(ShardIterator=iterator(shard, "AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[2]))
    assert rest["Records"] == page["Records"][3:]
assert len(seen) == 10 and all(names == ["INSERT", "MODIFY", "REMOVE"] for names in seen.values()), seen

for call, code in [
    (lambda: streams.describe_stream(StreamArn=arn.replace("PythonStream", "Nothing")), "ResourceNotFoundException"),
    (lambda: streams.get_records(ShardIterator="made up"), "ValidationException"),
]:
    try:
        call()
        raise AssertionError(f"{code} expected")
    except ClientError as error:
        assert error.response["Error"]["Code"] == code

table.delete()
closed = streams.describe_stream(StreamArn=arn)["StreamDescription"]
assert closed["StreamStatus"] == "DISABLED"
for shard in closed["Shards"]:
    assert "EndingSequenceNumber" in shard["SequenceNumberRange"]
    page = streams.get_records(ShardIterator=iterator(shard["ShardId"], "TRIM_HORIZON"))
    assert "NextShardIterator" not in page
print("ok")
