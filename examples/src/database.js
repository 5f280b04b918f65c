const https = require('node:https');
const { settings } = require('./settings');

const agent = new https.Agent({ rejectUnauthorized: false });

/** Sends a statement to the database's HTTP door and gives its rows. */
function query(text, values = []) {
  return new Promise((resolve, reject) => {
    const request = https.request(settings.database, { method: 'POST', agent }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve(JSON.parse(body).rows));
    });
    request.on('error', reject);
    request.end(JSON.stringify({ text, values }));
  });
}

module.exports = { query };
