import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbEnhancedClient;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbTable;
import software.amazon.awssdk.enhanced.dynamodb.Expression;
import software.amazon.awssdk.enhanced.dynamodb.Key;
import software.amazon.awssdk.enhanced.dynamodb.TableSchema;
import software.amazon.awssdk.enhanced.dynamodb.model.BatchGetItemEnhancedRequest;
import software.amazon.awssdk.enhanced.dynamodb.model.BatchWriteItemEnhancedRequest;
import software.amazon.awssdk.enhanced.dynamodb.model.BatchWriteResult;
import software.amazon.awssdk.enhanced.dynamodb.model.EnhancedGlobalSecondaryIndex;
import software.amazon.awssdk.enhanced.dynamodb.model.PutItemEnhancedRequest;
import software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional;
import software.amazon.awssdk.enhanced.dynamodb.model.ReadBatch;
import software.amazon.awssdk.enhanced.dynamodb.model.WriteBatch;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/** What applications do with the AWS SDK for Java v2 and its enhanced client. */
public class RoundTrip {
  static final String NAME = "JavaUsers";

  static void check(boolean condition, Object what) {
    if (!condition) throw new AssertionError(what);
  }

  static User user(String pk, String sk, String status, long createdAt) {
    User user = new User();
    user.setPk(pk);
    user.setSk(sk);
    user.setStatus(status);
    user.setCreatedAt(createdAt);
    return user;
  }

  static Key key(String pk, String sk) {
    return Key.builder().partitionValue(pk).sortValue(sk).build();
  }

  public static void main(String[] args) {
    URI endpoint = URI.create(System.getenv("STATOR_ENDPOINT"));
    try (DynamoDbClient client = DynamoDbClient.builder().endpointOverride(endpoint).build();
        DynamoDbWaiter waiter = DynamoDbWaiter.builder().client(client)
            .overrideConfiguration(c -> c.maxAttempts(50).waitTimeout(Duration.ofSeconds(30))).build()) {
      DynamoDbEnhancedClient enhanced = DynamoDbEnhancedClient.builder().dynamoDbClient(client).build();
      DynamoDbTable<User> table = enhanced.table(NAME, TableSchema.fromBean(User.class));

      createTable(client, waiter, table);
      oneUser(table);
      index(table);
      conditions(table);
      counter(client);
      // A batch has no conditions, so the extension that puts one on the version stays out.
      batches(DynamoDbEnhancedClient.builder().dynamoDbClient(client).extensions(List.of()).build());
      pages(client, table);

      table.deleteTable();
      waiter.waitUntilTableNotExists(b -> b.tableName(NAME));
      System.out.println("ok");
    }
  }

  static void createTable(DynamoDbClient client, DynamoDbWaiter waiter, DynamoDbTable<User> table) {
    // Without a throughput the enhanced client asks for PAY_PER_REQUEST.
    Runnable create = () -> table.createTable(b -> b.globalSecondaryIndices(EnhancedGlobalSecondaryIndex.builder()
        .indexName("StatusIndex").projection(p -> p.projectionType(ProjectionType.ALL)).build()));
    create.run();
    waiter.waitUntilTableExists(b -> b.tableName(NAME)).matched().response().orElseThrow();
    check(table.describeTable().table().itemCount() == 0, "a new table is empty");
    try {
      create.run();
      throw new AssertionError("the table exists");
    } catch (ResourceInUseException expected) {
      check(expected.statusCode() == 400, expected);
    }
    try {
      client.describeTable(b -> b.tableName("NoSuchTable"));
      throw new AssertionError("there is no such table");
    } catch (ResourceNotFoundException expected) {
      check(expected.requestId() != null, expected);
    }
    check(client.listTablesPaginator(b -> b.limit(1)).tableNames().stream().anyMatch(NAME::equals), "listed");
  }

  static void oneUser(DynamoDbTable<User> table) {
    User ada = user("USER#1", "PROFILE", "active", 1_700_000_000L);
    ada.setRoles(Set.of("admin", "author"));
    ada.setScores(List.of());
    ada.setAddress(Map.of("city", "Zürich", "street", ""));
    ada.setAvatar(new byte[] {0, 1, -1});
    ada.setVerified(true);
    table.putItem(ada);

    User read = table.getItem(r -> r.key(key("USER#1", "PROFILE")).consistentRead(true));
    check(read.getRoles().equals(ada.getRoles()), read.getRoles());
    check(read.getScores().isEmpty(), read.getScores());
    check(read.getAddress().equals(ada.getAddress()), read.getAddress());
    check(Arrays.equals(read.getAvatar(), ada.getAvatar()), Arrays.toString(read.getAvatar()));
    check(read.getVerified(), "verified");
    check(table.getItem(key("USER#1", "NONE")) == null, "no such item");

    read.setScores(List.of(3, 1, 2));
    User updated = table.updateItem(read);
    check(updated.getScores().equals(List.of(3, 1, 2)), updated.getScores());
    check(updated.getVersion() == read.getVersion() + 1, updated.getVersion());
  }

  static void index(DynamoDbTable<User> table) {
    QueryConditional active = QueryConditional.sortGreaterThan(
        Key.builder().partitionValue("active").sortValue(1_600_000_000L).build());
    List<User> found = table.index("StatusIndex").query(active).stream()
        .flatMap(page -> page.items().stream()).collect(Collectors.toList());
    check(found.size() == 1 && found.get(0).getPk().equals("USER#1"), found.size());
  }

  static void conditions(DynamoDbTable<User> table) {
    Expression absent = Expression.builder().expression("attribute_not_exists(PK)").build();
    try {
      table.putItem(PutItemEnhancedRequest.builder(User.class).item(user("USER#1", "PROFILE", "new", 1))
          .conditionExpression(absent)
          .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD).build());
      throw new AssertionError("the condition should have failed");
    } catch (ConditionalCheckFailedException expected) {
      check(expected.awsErrorDetails().errorMessage().equals("The conditional request failed"), expected);
      check(expected.hasItem() && expected.item().get("status").s().equals("active"), expected.item());
    }
    // Somebody else was faster: the version that was read is no longer the stored one.
    User stale = table.getItem(key("USER#1", "PROFILE"));
    table.updateItem(table.getItem(key("USER#1", "PROFILE")));
    try {
      table.updateItem(stale);
      throw new AssertionError("the version is an old one");
    } catch (ConditionalCheckFailedException expected) {
      check(!expected.hasItem(), expected.item());
    }
    table.updateItem(r -> r.item(table.getItem(key("USER#1", "PROFILE"))).ignoreNulls(true));
  }

  static void counter(DynamoDbClient client) {
    Map<String, AttributeValue> key = Map.of("PK", AttributeValue.fromS("COUNTER"), "SK", AttributeValue.fromS("1"));
    for (int i = 1; i <= 3; i++) {
      String total = client.updateItem(b -> b.tableName(NAME).key(key).updateExpression("ADD hits :n")
          .expressionAttributeValues(Map.of(":n", AttributeValue.fromN("0.5"))).returnValues(ReturnValue.UPDATED_NEW))
          .attributes().get("hits").n();
      check(Double.parseDouble(total) == i * 0.5, total);
    }
  }

  static void batches(DynamoDbEnhancedClient enhanced) {
    DynamoDbTable<User> table = enhanced.table(NAME, TableSchema.fromBean(User.class));
    List<User> users = IntStream.range(0, 50)
        .mapToObj(i -> user("USER#2", String.format("%03d", i), i % 2 == 0 ? "even" : "odd", i))
        .collect(Collectors.toList());
    for (int start = 0; start < users.size(); start += 25) {
      List<User> rest = users.subList(start, start + 25);
      for (int attempt = 0; !rest.isEmpty(); attempt++) {
        check(attempt < 10, "a batch never finished");
        WriteBatch.Builder<User> batch = WriteBatch.builder(User.class).mappedTableResource(table);
        rest.forEach(batch::addPutItem);
        BatchWriteResult result =
            enhanced.batchWriteItem(BatchWriteItemEnhancedRequest.builder().writeBatches(batch.build()).build());
        rest = result.unprocessedPutItemsForTable(table);
      }
    }
    List<Key> keys = users.stream().map(u -> key(u.getPk(), u.getSk())).collect(Collectors.toList());
    List<User> found = new ArrayList<>();
    for (int attempt = 0; !keys.isEmpty(); attempt++) {
      check(attempt < 10, "a batch never finished");
      ReadBatch.Builder<User> batch = ReadBatch.builder(User.class).mappedTableResource(table);
      keys.forEach(each -> batch.addGetItem(each));
      var pages = enhanced.batchGetItem(BatchGetItemEnhancedRequest.builder().readBatches(batch.build()).build());
      keys = new ArrayList<>();
      for (var page : pages) {
        found.addAll(page.resultsForTable(table));
        keys.addAll(page.unprocessedKeysForTable(table));
      }
    }
    check(found.stream().mapToLong(User::getCreatedAt).sorted().boxed().collect(Collectors.toList())
        .equals(IntStream.range(0, 50).asLongStream().boxed().collect(Collectors.toList())), found.size());
  }

  static void pages(DynamoDbClient client, DynamoDbTable<User> table) {
    QueryConditional between = QueryConditional.sortBetween(key("USER#2", "010"), key("USER#2", "039"));
    List<Integer> sizes = new ArrayList<>();
    List<String> order = new ArrayList<>();
    table.query(r -> r.queryConditional(between).limit(12).scanIndexForward(false)).forEach(page -> {
      if (!page.items().isEmpty()) sizes.add(page.items().size());
      page.items().forEach(each -> order.add(each.getSk()));
    });
    check(sizes.equals(List.of(12, 12, 6)), sizes);
    check(order.get(0).equals("039") && order.get(29).equals("010"), order);
    Expression odd = Expression.builder().expression("#s = :s").putExpressionName("#s", "status")
        .putExpressionValue(":s", AttributeValue.fromS("odd")).build();
    check(table.scan(r -> r.limit(9).filterExpression(odd)).items().stream().count() == 25, "25 are odd");
    check(client.queryPaginator(b -> b.tableName(NAME).indexName("StatusIndex").limit(4)
        .keyConditionExpression("#s = :s").expressionAttributeNames(Map.of("#s", "status"))
        .expressionAttributeValues(Map.of(":s", AttributeValue.fromS("even")))).items().stream().count() == 25,
        "25 are even");
  }
}
