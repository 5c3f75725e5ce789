import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createCache} from './cache.ts';

test('a text in use is computed once, and what is not used is forgotten', () => {
  const computed: string[] = [];
  const get = createCache(text => {
    computed.push(text);
    return {text};
  });
  const first = get('kept');
  for (let i = 0; i < 10_000; i++) {
    get(`passing ${i}`);
    assert.equal(get('kept'), first);
  }
  assert.equal(computed.filter(text => text === 'kept').length, 1);
  get('passing 0');
  assert.equal(computed.filter(text => text === 'passing 0').length, 2);
});

test('what fails is not remembered', () => {
  let tries = 0;
  const get = createCache((): object => {
    tries++;
    throw new Error('no');
  });
  assert.throws(() => get('a'));
  assert.throws(() => get('a'));
  assert.equal(tries, 2);
});
