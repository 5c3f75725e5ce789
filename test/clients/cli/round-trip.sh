#!/usr/bin/env bash
# What people type: the AWS CLI, as its user guide shows it.
set -euo pipefail
table=CliOrders

db() { aws dynamodb --endpoint-url "$STATOR_ENDPOINT" --output json "$@"; }
fail() {
  echo "failed: $*" >&2
  exit 1
}
# What a query of the answer prints must be this.
expect() {
  local wanted=$1 got
  shift
  got=$(db --output text "$@")
  [ "$got" = "$wanted" ] || fail "$* answered '$got', not '$wanted'"
}

# --- the table
db create-table --table-name "$table" \
  --attribute-definitions AttributeName=PK,AttributeType=S AttributeName=SK,AttributeType=S AttributeName=status,AttributeType=S \
  --key-schema AttributeName=PK,KeyType=HASH AttributeName=SK,KeyType=RANGE \
  --global-secondary-indexes 'IndexName=StatusIndex,KeySchema=[{AttributeName=status,KeyType=HASH},{AttributeName=SK,KeyType=RANGE}],Projection={ProjectionType=ALL}' \
  --billing-mode PAY_PER_REQUEST >/dev/null
db wait table-exists --table-name "$table"
expect ACTIVE describe-table --table-name "$table" --query Table.TableStatus
expect "$table" list-tables --query "TableNames[?@=='$table'] | [0]"

# --- put and read
db put-item --table-name "$table" --item '{"PK": {"S": "CUSTOMER#1"}, "SK": {"S": "ORDER#1"}, "status": {"S": "open"}, "amount": {"N": "19.90"}}'
db put-item --table-name "$table" --item '{"PK": {"S": "CUSTOMER#1"}, "SK": {"S": "ORDER#2"}, "status": {"S": "shipped"}, "amount": {"N": "5"}}'
expect 19.9 get-item --consistent-read --table-name "$table" \
  --key '{"PK": {"S": "CUSTOMER#1"}, "SK": {"S": "ORDER#1"}}' --query Item.amount.N

# --- query the table and the index
expect $'ORDER#2\tORDER#1' query --table-name "$table" --no-scan-index-forward \
  --key-condition-expression 'PK = :pk' --expression-attribute-values '{":pk": {"S": "CUSTOMER#1"}}' \
  --query 'Items[].SK.S'
expect $'1\tORDER#1' query --table-name "$table" --index-name StatusIndex \
  --key-condition-expression '#s = :open' --expression-attribute-names '{"#s": "status"}' \
  --expression-attribute-values '{":open": {"S": "open"}}' --query '[Count, Items[0].SK.S]'

# --- update, and a condition that fails
expect 24.9 update-item --table-name "$table" --key '{"PK": {"S": "CUSTOMER#1"}, "SK": {"S": "ORDER#1"}}' \
  --update-expression 'SET amount = amount + :p' --expression-attribute-values '{":p": {"N": "5"}}' \
  --return-values UPDATED_NEW --query Attributes.amount.N
status=0
said=$(db delete-item --table-name "$table" --key '{"PK": {"S": "CUSTOMER#1"}, "SK": {"S": "ORDER#1"}}' \
  --condition-expression 'amount < :p' --expression-attribute-values '{":p": {"N": "5"}}' 2>&1) || status=$?
[ "$status" != 0 ] || fail "a failed condition ended well"
case $said in
  *'(ConditionalCheckFailedException) when calling the DeleteItem operation: The conditional request failed'*) ;;
  *) fail "a failed condition said: $said" ;;
esac

# --- batches and pages
requests=''
for i in $(seq -w 1 20); do
  requests+="{\"PutRequest\": {\"Item\": {\"PK\": {\"S\": \"CUSTOMER#2\"}, \"SK\": {\"S\": \"ORDER#$i\"}}}},"
done
expect 0 batch-write-item --request-items "{\"$table\": [${requests%,}]}" --query 'length(UnprocessedItems)'
# The CLI itself follows LastEvaluatedKey.
count() { db "$@" --query 'length(Items)'; }
[ "$(count scan --table-name "$table" --page-size 3)" -eq 22 ] || fail 'a scan in pages of 3'
[ "$(count query --table-name "$table" --page-size 2 --max-items 7 --key-condition-expression 'PK = :pk' \
  --expression-attribute-values '{":pk": {"S": "CUSTOMER#2"}}')" -eq 7 ] || fail 'a query of 7'

# --- the end
db delete-table --table-name "$table" >/dev/null
db wait table-not-exists --table-name "$table"
echo ok
