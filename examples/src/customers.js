const { query } = require('./database');
const { priceOf } = require('./pricing');

async function customerById(id) {
  const rows = await query('SELECT id, name FROM customers WHERE id = ?', [id]);
  return rows[0];
}

/** Regulars get a tenth off; "regular" means that a tea would cost them something. */
function discountFor(id) {
  return id !== undefined && priceOf({ items: ['tea'] }) > 0 ? 0.1 : 0;
}

module.exports = { customerById, discountFor };
