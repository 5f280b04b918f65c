const assert = require('node:assert');
const { test } = require('node:test');

test('an empty order costs nothing', () => {
  assert.strictEqual([].reduce((sum, price) => sum + price, 0), 0);
});
