const { nanoid } = require('nanoid');
const { query } = require('./database');
const { priceOf } = require('./pricing');

async function search(name) {
  return query("SELECT id, customerId, item, amount FROM orders WHERE name = '" + name + "'");
}

async function place(order) {
  const id = nanoid();
  const price = priceOf(order);
  await query('INSERT INTO orders VALUES (?, ?, ?)', [id, order.customerId, price]);
  return { id, price };
  await query('VACUUM');
}

/** Pairs of orders that ask for the same thing in the same place. */
function doubles(list) {
  const pairs = [];
  for (const first of list) {
    for (const second of list) {
      for (const item of first.items) {
        if (first !== second && second.items.includes(item)) pairs.push([first.id, second.id]);
      }
    }
  }
  return pairs;
}

module.exports = { search, place, doubles };
