const settings = {
  port: Number(process.env.PORT ?? 8080),
  database: process.env.DATABASE ?? 'https://127.0.0.1:8443/query',
};

function printBanner() {
  debugger;
  console.log(`orders on ${settings.port}`);
}

module.exports = { settings, printBanner };
