// A shopping cart: conditional writes keep carts and stock right when several people, or tabs, act at once.
import {ConditionalCheckFailedException} from '@aws-sdk/client-dynamodb';
import {GetCommand, PutCommand, UpdateCommand} from '@aws-sdk/lib-dynamodb';
import {withTable} from '../with-table.mjs';

const TableName = 'ExampleShop';

const definition = {
  TableName,
  AttributeDefinitions: [{AttributeName: 'id', AttributeType: 'S'}],
  KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
};

const cartKey = customer => ({id: `CART#${customer}`});
const productKey = sku => ({id: `PRODUCT#${sku}`});

/** Answers `run`'s answer, or `refused(item)` with the item that the condition didn't hold for. */
async function unless(run, refused) {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return refused(error.Item);
    throw error;
  }
}

/** A cart begins empty; opening it twice leaves what is in it. */
async function openCart(documents, customer) {
  const put = {
    TableName,
    Item: {...cartKey(customer), goods: {}, version: 1, state: 'open'},
    ConditionExpression: 'attribute_not_exists(id)',
  };
  await unless(
    () => documents.send(new PutCommand(put)),
    () => undefined,
  );
}

/** Adds to one line of the cart and to nothing else: two tabs that add at once both count. */
async function add(documents, customer, sku, quantity) {
  const update = {
    TableName,
    Key: cartKey(customer),
    UpdateExpression: 'SET goods.#sku = if_not_exists(goods.#sku, :none) + :quantity ADD version :one',
    ConditionExpression: '#state = :open',
    ExpressionAttributeNames: {'#sku': sku, '#state': 'state'},
    ExpressionAttributeValues: {':none': 0, ':quantity': quantity, ':one': 1, ':open': 'open'},
    ReturnValues: 'ALL_NEW',
  };
  return unless(
    async () => (await documents.send(new UpdateCommand(update))).Attributes,
    () => undefined,
  );
}

/** Takes from the stock only what is there: it never goes below zero, however many buy at once. */
async function reserve(documents, sku, quantity) {
  const update = {
    TableName,
    Key: productKey(sku),
    UpdateExpression: 'SET stock = stock - :quantity',
    ConditionExpression: 'stock >= :quantity',
    ExpressionAttributeValues: {':quantity': quantity},
    // What is left comes with the refusal, without another read.
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
  return unless(
    async () => {
      await documents.send(new UpdateCommand(update));
      return {reserved: true};
    },
    item => ({reserved: false, left: Number(item?.stock?.N ?? 0)}),
  );
}

async function putBack(documents, sku, quantity) {
  const update = {UpdateExpression: 'ADD stock :quantity', ExpressionAttributeValues: {':quantity': quantity}};
  await documents.send(new UpdateCommand({TableName, Key: productKey(sku), ...update}));
}

/**
 * Buys exactly the cart that the customer saw. Its version decides: whoever changed the cart in between, or bought it in
 * another tab, makes this one fail and puts the stock back.
 */
async function checkOut(documents, customer, seen) {
  const reserved = [];
  const undo = async why => {
    for (const [sku, quantity] of reserved) await putBack(documents, sku, quantity);
    return why;
  };
  for (const [sku, quantity] of Object.entries(seen.goods)) {
    const {reserved: done, left} = await reserve(documents, sku, quantity);
    if (!done) return undo(`only ${left} of ${sku} left`);
    reserved.push([sku, quantity]);
  }
  const update = {
    TableName,
    Key: cartKey(customer),
    UpdateExpression: 'SET #state = :bought ADD version :one',
    ConditionExpression: '#state = :open AND version = :seen',
    ExpressionAttributeNames: {'#state': 'state'},
    ExpressionAttributeValues: {':bought': 'bought', ':open': 'open', ':seen': seen.version, ':one': 1},
  };
  return unless(
    async () => {
      await documents.send(new UpdateCommand(update));
      return 'bought';
    },
    () => undo('the cart has changed, look again'),
  );
}

async function read(documents, Key) {
  return (await documents.send(new GetCommand({TableName, Key, ConsistentRead: true}))).Item;
}

await withTable(definition, async documents => {
  for (const [sku, stock] of Object.entries({tea: 5, cup: 40})) {
    await documents.send(new PutCommand({TableName, Item: {...productKey(sku), stock}}));
  }
  const stock = async sku => (await read(documents, productKey(sku))).stock;
  console.log(`In stock: ${await stock('tea')} tea, ${await stock('cup')} cups`);

  await Promise.all([openCart(documents, 'ada'), openCart(documents, 'ada'), openCart(documents, 'alan')]);
  // Ten clicks in two tabs, all at once: none is lost.
  await Promise.all(Array.from({length: 10}, (_, i) => add(documents, 'ada', i % 2 ? 'tea' : 'cup', 1)));
  const ada = await read(documents, cartKey('ada'));
  console.log(`\nada's cart after ten clicks at once: ${ada.goods.tea} tea, ${ada.goods.cup} cups`);

  const alan = await add(documents, 'alan', 'tea', 1);
  console.log(`alan wants ${alan.goods.tea} tea: ${await checkOut(documents, 'alan', alan)}`);
  console.log(`ada checks out: ${await checkOut(documents, 'ada', ada)}`);
  console.log(`In stock: ${await stock('tea')} tea, ${await stock('cup')} cups`);

  const fewer = await add(documents, 'ada', 'tea', -1);
  console.log(
    `\nada takes one tea less, an old tab checks out: ${await checkOut(documents, 'ada', {...fewer, version: 1})}`,
  );
  const twice = await Promise.all([checkOut(documents, 'ada', fewer), checkOut(documents, 'ada', fewer)]);
  console.log(`Two tabs check out at once, times it was bought: ${twice.filter(answer => answer === 'bought').length}`);
  console.log(`Adding to a bought cart works: ${(await add(documents, 'ada', 'tea', 1)) !== undefined}`);
  console.log(`In stock: ${await stock('tea')} tea, ${await stock('cup')} cups`);
});
