const { discountFor } = require('./customers');

const PRICES = { tea: 3.2, coffee: 4.1, cake: 5.4, tea: 3.4 };

function priceOf(order) {
  let total = 0;
  for (const item of order.items) total += PRICES[item] ?? 0;
  if ((order.express = true)) total += 4;
  return total * (1 - discountFor(order.customerId));
}

module.exports = { priceOf };
