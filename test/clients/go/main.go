// What applications do with the AWS SDK for Go v2.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type user struct {
	PK        string            `dynamodbav:"PK"`
	SK        string            `dynamodbav:"SK"`
	Status    string            `dynamodbav:"status,omitempty"`
	CreatedAt int64             `dynamodbav:"createdAt"`
	Scores    []int             `dynamodbav:"scores"`
	Roles     []string          `dynamodbav:"roles,stringset,omitempty"`
	Address   map[string]string `dynamodbav:"address,omitempty"`
	Avatar    []byte            `dynamodbav:"avatar,omitempty"`
	Seen      time.Time         `dynamodbav:"seen,unixtime"`
}

var (
	ctx   = context.Background()
	table = aws.String("GoUsers")
)

func check(condition bool, format string, args ...any) {
	if !condition {
		panic(fmt.Sprintf(format, args...))
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func key(pk, sk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"PK": &types.AttributeValueMemberS{Value: pk},
		"SK": &types.AttributeValueMemberS{Value: sk},
	}
}

func main() {
	client := dynamodb.NewFromConfig(must(config.LoadDefaultConfig(ctx)), func(o *dynamodb.Options) {
		o.BaseEndpoint = aws.String(os.Getenv("STATOR_ENDPOINT"))
	})
	createTable(client)
	oneUser(client)
	index(client)
	conditions(client)
	counter(client)
	batches(client)
	pages(client)
	must(client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: table}))
	waiter := dynamodb.NewTableNotExistsWaiter(client, func(o *dynamodb.TableNotExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
	})
	if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: table}, 20*time.Second); err != nil {
		panic(err)
	}
	fmt.Println("ok")
}

func createTable(client *dynamodb.Client) {
	input := &dynamodb.CreateTableInput{
		TableName:   table,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("PK"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("SK"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("status"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("createdAt"), AttributeType: types.ScalarAttributeTypeN},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("PK"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("SK"), KeyType: types.KeyTypeRange},
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("StatusIndex"),
			KeySchema: []types.KeySchemaElement{
				{AttributeName: aws.String("status"), KeyType: types.KeyTypeHash},
				{AttributeName: aws.String("createdAt"), KeyType: types.KeyTypeRange},
			},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
	}
	must(client.CreateTable(ctx, input))
	waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
	})
	described := must(waiter.WaitForOutput(ctx, &dynamodb.DescribeTableInput{TableName: table}, 20*time.Second))
	check(described.Table.TableStatus == types.TableStatusActive, "status %s", described.Table.TableStatus)

	_, err := client.CreateTable(ctx, input)
	var inUse *types.ResourceInUseException
	check(errors.As(err, &inUse), "a second CreateTable: %v", err)
	_, err = client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("NoSuchTable")})
	var notFound *types.ResourceNotFoundException
	check(errors.As(err, &notFound), "no such table: %v", err)
}

func oneUser(client *dynamodb.Client) {
	ada := user{
		PK: "USER#1", SK: "PROFILE", Status: "active", CreatedAt: 1_700_000_000,
		Scores: []int{}, Roles: []string{"admin"}, Address: map[string]string{"city": "Zürich", "street": ""},
		Avatar: []byte{0, 1, 255}, Seen: time.Unix(1_700_000_001, 0),
	}
	must(client.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: must(attributevalue.MarshalMap(ada))}))
	got := must(client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: table, Key: key("USER#1", "PROFILE"), ConsistentRead: aws.Bool(true),
	}))
	var read user
	if err := attributevalue.UnmarshalMap(got.Item, &read); err != nil {
		panic(err)
	}
	check(read.Scores != nil && len(read.Scores) == 0, "scores %v", read.Scores)
	check(bytes.Equal(read.Avatar, ada.Avatar), "avatar %v", read.Avatar)
	check(read.Seen.Equal(ada.Seen) && read.CreatedAt == ada.CreatedAt, "times %v", read)
	check(len(read.Roles) == 1 && read.Address["city"] == "Zürich", "read %v", read)
	none := must(client.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key("USER#1", "NONE")}))
	check(none.Item == nil, "no such item: %v", none.Item)
}

func index(client *dynamodb.Client) {
	expr := must(expression.NewBuilder().WithKeyCondition(
		expression.Key("status").Equal(expression.Value("active")).
			And(expression.Key("createdAt").GreaterThan(expression.Value(1_600_000_000))),
	).Build())
	found := must(client.Query(ctx, &dynamodb.QueryInput{
		TableName: table, IndexName: aws.String("StatusIndex"), KeyConditionExpression: expr.KeyCondition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	}))
	check(found.Count == 1 && len(found.Items) == 1, "count %d", found.Count)
}

func conditions(client *dynamodb.Client) {
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: table, Item: key("USER#1", "PROFILE"),
		ConditionExpression:                 aws.String("attribute_not_exists(PK)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var failed *types.ConditionalCheckFailedException
	check(errors.As(err, &failed), "a failed condition: %v", err)
	check(failed.ErrorMessage() == "The conditional request failed", "message %s", failed.ErrorMessage())
	var old user
	if err := attributevalue.UnmarshalMap(failed.Item, &old); err != nil {
		panic(err)
	}
	check(old.Status == "active", "the item that stood in the way: %v", failed.Item)
}

func counter(client *dynamodb.Client) {
	expr := must(expression.NewBuilder().WithUpdate(
		expression.Add(expression.Name("hits"), expression.Value(500)).
			Set(expression.Name("names"), expression.ListAppend(
				expression.IfNotExists(expression.Name("names"), expression.Value([]string{})),
				expression.Value([]string{"x"}))),
	).Build())
	for i := 1; i <= 3; i++ {
		updated := must(client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: table, Key: key("COUNTER", "1"), UpdateExpression: expr.Update(),
			ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
			ReturnValues: types.ReturnValueUpdatedNew,
		}))
		var now struct {
			Hits  int      `dynamodbav:"hits"`
			Names []string `dynamodbav:"names"`
		}
		if err := attributevalue.UnmarshalMap(updated.Attributes, &now); err != nil {
			panic(err)
		}
		check(now.Hits == 500*i && len(now.Names) == i, "counter %v", now)
	}
}

func batches(client *dynamodb.Client) {
	var requests []types.WriteRequest
	var keys []map[string]types.AttributeValue
	for i := range 50 {
		status := "even"
		if i%2 == 1 {
			status = "odd"
		}
		each := user{PK: "USER#2", SK: fmt.Sprintf("%03d", i), Status: status, CreatedAt: int64(i)}
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: must(attributevalue.MarshalMap(each))}})
		keys = append(keys, key(each.PK, each.SK))
	}
	for start := 0; start < len(requests); start += 25 {
		pending := map[string][]types.WriteRequest{*table: requests[start : start+25]}
		for attempt := 0; len(pending) > 0; attempt++ {
			check(attempt < 10, "a batch never finished")
			pending = must(client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: pending})).UnprocessedItems
		}
	}
	seen := map[int64]bool{}
	pending := map[string]types.KeysAndAttributes{*table: {Keys: keys, ConsistentRead: aws.Bool(true)}}
	for attempt := 0; len(pending) > 0; attempt++ {
		check(attempt < 10, "a batch never finished")
		answer := must(client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: pending}))
		var users []user
		if err := attributevalue.UnmarshalListOfMaps(answer.Responses[*table], &users); err != nil {
			panic(err)
		}
		for _, each := range users {
			seen[each.CreatedAt] = true
		}
		pending = answer.UnprocessedKeys
	}
	check(len(seen) == 50, "batch get found %d", len(seen))
}

func pages(client *dynamodb.Client) {
	expr := must(expression.NewBuilder().WithKeyCondition(
		expression.Key("PK").Equal(expression.Value("USER#2")).
			And(expression.Key("SK").Between(expression.Value("010"), expression.Value("039"))),
	).Build())
	query := dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{
		TableName: table, KeyConditionExpression: expr.KeyCondition(), Limit: aws.Int32(12),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(), ScanIndexForward: aws.Bool(false),
	})
	var order []user
	for query.HasMorePages() {
		var page []user
		if err := attributevalue.UnmarshalListOfMaps(must(query.NextPage(ctx)).Items, &page); err != nil {
			panic(err)
		}
		order = append(order, page...)
	}
	check(len(order) == 30 && order[0].SK == "039" && order[29].SK == "010", "order %v", order)

	filter := must(expression.NewBuilder().WithFilter(
		expression.Name("status").Equal(expression.Value("odd")).And(expression.AttributeExists(expression.Name("SK"))),
	).Build())
	odd := 0
	for segment := range int32(3) {
		scan := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{
			TableName: table, FilterExpression: filter.Filter(), Limit: aws.Int32(9),
			ExpressionAttributeNames: filter.Names(), ExpressionAttributeValues: filter.Values(),
			Segment: aws.Int32(segment), TotalSegments: aws.Int32(3),
		})
		for scan.HasMorePages() {
			odd += len(must(scan.NextPage(ctx)).Items)
		}
	}
	check(odd == 25, "scanned %d odd ones", odd)
}
