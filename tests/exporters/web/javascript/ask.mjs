// Asks the recorder's /clickhouse/ as a program in JavaScript would: node ask.mjs ADDRESS TOKEN
import { createClient } from '@clickhouse/client'

const [address, token] = process.argv.slice(2)
const client = createClient({ url: address, pathname: '/clickhouse', username: 'anybody', password: token })

const found = await client.query({
  query: 'SELECT camera FROM gaps WHERE camera != {none:String} ORDER BY camera',
  query_params: { none: 'nobody' },
  format: 'JSONEachRow',
})
const refused = []
for (const ask of [
  () => client.query({ query: "SELECT file('/etc/passwd')" }),
  () => client.query({ query: 'SELECT 1', clickhouse_settings: { allow_ddl: 1 } }),
]) {
  await ask().catch((error) => refused.push(error.code))
}
const ping = await client.ping()
console.log(JSON.stringify({ rows: await found.json(), ping: { success: ping.success }, refused }))
await client.close()
