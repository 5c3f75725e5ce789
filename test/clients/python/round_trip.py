"""What applications do with boto3: the table resource, and the client below it."""

import os
import time
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary
from botocore.exceptions import ClientError

endpoint = os.environ["STATOR_ENDPOINT"]
dynamodb = boto3.resource("dynamodb", endpoint_url=endpoint)
client = dynamodb.meta.client

# --- the table
table = dynamodb.create_table(
    TableName="PythonGame",
    KeySchema=[
        {"AttributeName": "PK", "KeyType": "HASH"},
        {"AttributeName": "SK", "KeyType": "RANGE"},
    ],
    AttributeDefinitions=[
        {"AttributeName": "PK", "AttributeType": "S"},
        {"AttributeName": "SK", "AttributeType": "S"},
        {"AttributeName": "status", "AttributeType": "S"},
        {"AttributeName": "level", "AttributeType": "N"},
    ],
    GlobalSecondaryIndexes=[
        {
            "IndexName": "StatusIndex",
            "KeySchema": [
                {"AttributeName": "status", "KeyType": "HASH"},
                {"AttributeName": "level", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name"]},
        }
    ],
    BillingMode="PAY_PER_REQUEST",
)
client.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
table.reload()
assert table.table_status == "ACTIVE"
assert table.item_count == 0
assert table.billing_mode_summary["BillingMode"] == "PAY_PER_REQUEST"
assert table.name in [each.name for each in dynamodb.tables.all()]

# --- a user with a number
user = {
    "PK": "USER#1",
    "SK": "PROFILE",
    "name": "Grace",
    "age": 42,
    "ratio": Decimal("0.1"),
    "exact": Decimal("12345678901234567890123456789012345678"),
    "small": Decimal("-1.2345678901234567890123456789012345678E-100"),
    "status": "active",
    "level": 7,
    "nothing": None,
    "flags": [True, False],
    "picture": bytes(range(256)),
    "blobs": {b"\x00", b"\xff"},
    "numbers": {1, Decimal("2.5"), -3},
    "names": {"a", "ü"},
    "empty": "",
}
table.put_item(Item=user)
item = table.get_item(Key={"PK": "USER#1", "SK": "PROFILE"}, ConsistentRead=True)["Item"]
assert item == {**user, "picture": Binary(user["picture"]), "blobs": {Binary(b"\x00"), Binary(b"\xff")}}, item
assert isinstance(item["age"], Decimal)
assert str(item["exact"]) == "12345678901234567890123456789012345678"

# --- numbers to the ends of their range
for text in ["0.1", "1E-130", "-9.9999999999999999999999999999999999999", "9" * 38, "0." + "1" * 38]:
    table.put_item(Item={"PK": "NUMBER", "SK": text, "value": Decimal(text), "set": {Decimal(text)}})
    item = table.get_item(Key={"PK": "NUMBER", "SK": text})["Item"]
    assert item["value"] == Decimal(text) and item["set"] == {Decimal(text)}, item

# --- a player with an empty list, whose currency grows by 500
table.put_item(Item={"PK": "PLAYER#1", "SK": "STATE", "inventory": [], "currency": 1000, "status": "active", "level": 3})
answer = table.update_item(
    Key={"PK": "PLAYER#1", "SK": "STATE"},
    UpdateExpression="SET currency = currency + :val",
    ExpressionAttributeValues={":val": 500},
    ReturnValues="UPDATED_NEW",
)
assert answer["Attributes"] == {"currency": Decimal(1500)}, answer
player = table.get_item(Key={"PK": "PLAYER#1", "SK": "STATE"})["Item"]
assert player["inventory"] == []
assert player["currency"] == Decimal("1500")
table.update_item(
    Key={"PK": "PLAYER#1", "SK": "STATE"},
    UpdateExpression="SET inventory = list_append(inventory, :items)",
    ConditionExpression=Attr("currency").gte(1500) & Attr("inventory").size().eq(0),
    ExpressionAttributeValues={":items": [{"sword": Decimal("1.50")}]},
)
player = table.get_item(Key={"PK": "PLAYER#1", "SK": "STATE"}, ProjectionExpression="inventory[0].sword")["Item"]
assert player == {"inventory": [{"sword": Decimal("1.5")}]}, player

# --- the index
active = table.query(IndexName="StatusIndex", KeyConditionExpression=Key("status").eq("active") & Key("level").gt(1))
assert [(each["PK"], each.get("name"), each["level"]) for each in active["Items"]] == [
    ("PLAYER#1", None, 3),
    ("USER#1", "Grace", 7),
], active
assert "currency" not in active["Items"][0]

# --- typed errors
try:
    table.put_item(
        Item={"PK": "USER#1", "SK": "PROFILE"},
        ConditionExpression=Attr("PK").not_exists(),
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    raise AssertionError("the condition should have failed")
except client.exceptions.ConditionalCheckFailedException as error:
    assert error.response["Error"]["Message"] == "The conditional request failed", error.response
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert error.response["Item"]["name"] == {"S": "Grace"}, error.response
try:
    client.describe_table(TableName="NoSuchTable")
    raise AssertionError("there is no such table")
except client.exceptions.ResourceNotFoundException:
    pass
try:
    table.put_item(Item={"PK": 1, "SK": "PROFILE"})
    raise AssertionError("the key has the wrong type")
except ClientError as error:
    assert error.response["Error"]["Code"] == "ValidationException", error.response

# --- batches
with table.batch_writer(overwrite_by_pkeys=["PK", "SK"]) as batch:
    for i in range(60):
        batch.put_item(Item={"PK": "SCORES", "SK": f"{i:03}", "score": i})
    batch.put_item(Item={"PK": "SCORES", "SK": "059", "score": 1059})
    batch.delete_item(Key={"PK": "SCORES", "SK": "000"})
request = {table.name: {"Keys": [{"PK": "SCORES", "SK": f"{i:03}"} for i in range(60)], "ConsistentRead": True}}
scores = []
for attempt in range(20):
    answer = dynamodb.batch_get_item(RequestItems=request)
    scores += answer["Responses"].get(table.name, [])
    request = answer["UnprocessedKeys"]
    if not request:
        break
    time.sleep(0.01)
assert sorted(each["score"] for each in scores) == [*range(1, 59), 1059]

# --- pages
pages = list(
    client.get_paginator("query").paginate(
        TableName=table.name,
        KeyConditionExpression=Key("PK").eq("SCORES") & Key("SK").between("010", "049"),
        PaginationConfig={"PageSize": 15},
    )
)
assert [page["Count"] for page in pages if page["Count"]] == [15, 15, 10], [page["Count"] for page in pages]
assert [each["SK"] for page in pages for each in page["Items"]] == [f"{i:03}" for i in range(10, 50)]
total, start = 0, {}
while True:
    answer = table.scan(Limit=13, FilterExpression=Attr("score").lt(30), Select="COUNT", **start)
    total += answer["Count"]
    if "LastEvaluatedKey" not in answer:
        break
    start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
assert total == 29, total

# --- the end
gone = table.delete_item(Key={"PK": "PLAYER#1", "SK": "STATE"}, ReturnValues="ALL_OLD")
assert gone["Attributes"]["currency"] == 1500
table.delete()
client.get_waiter("table_not_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
print("ok")
