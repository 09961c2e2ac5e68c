/*
 * A Bitcoin node for tests: bcoin on regtest, in memory, that nothing but the loopback hears of.
 *
 * Usage: NODE_BACKEND=js node node.js PASSWORD    (with NODE_PATH naming the installed packages)
 *
 * Prints one line of JSON with its RPC port when it is ready, and ends when its standard input does.
 * Beside bcoin's own calls it answers a few that Bitcoin Core has and bcoin lacks, and `mine`.
 */

'use strict';

const dns = require('bdns');
const {FullNode, Script, TX} = require('bcoin');
const {thresholdStates} = require('bcoin/lib/blockchain/common');

const nowhere = async () => {
  throw new Error('This node looks nothing up.');
};

dns.getIPv4 = nowhere;
dns.getIPv6 = nowhere;
dns.lookup = nowhere;

const node = new FullNode({
  network: 'regtest',
  memory: true,
  workers: false,
  listen: false,
  indexTx: true,
  logLevel: 'none',
  httpHost: '127.0.0.1',
  httpPort: 0,
  apiKey: process.argv[2]
});

const {chain, mempool, miner, pool, rpc} = node;

// It is connected to nobody, and must not fail for it when its chain gets shorter.
pool.forceSync = () => {};

const getState = chain.getState.bind(chain);

// As in Core's regtest: in force from the first block.
chain.getState = async (prev, deployment) =>
  ['csv', 'segwit'].includes(deployment.name) ? thresholdStates.ACTIVE : getState(prev, deployment);

function refuse(code, message) {
  const error = new Error(message);
  error.type = 'RPCError';
  error.code = code;
  return error;
}

async function templateOn(tip, script, empty, txs) {
  const template = await miner.createBlock(tip);
  const create = template.createCoinbase.bind(template);
  template.createCoinbase = (hash) => {
    const coinbase = create(hash);
    if (script)
      coinbase.outputs[0].script = Script.fromRaw(script, 'hex');
    coinbase.refresh();
    return coinbase;
  };
  if (empty) {
    template.items = [];
    template.fees = 0;
  }
  for (const raw of txs) {
    const tx = TX.fromRaw(raw, 'hex');
    template.pushTX(tx, await chain.getCoinView(tx));
  }
  template.refresh();
  return template;
}

/*
 * mine COUNT [SCRIPT] [ONTO] [EMPTY] [TXS]: that many blocks, paid to a script (hex), on the tip or on any
 * block known, with the mempool's transactions unless EMPTY, and with TXS (hex) in the first. Hashes.
 */
async function mine(args) {
  const [count, script, onto, empty, txs] = args;
  const hashes = [];
  let tip = onto ? await chain.getEntry(Buffer.from(onto, 'hex').reverse().toString('hex')) : chain.tip;
  if (!tip)
    throw refuse(-5, 'Block not found');
  for (let i = 0; i < count; i++) {
    const template = await templateOn(tip, script, empty, i === 0 && txs ? txs : []);
    const job = await miner.cpu.createJob.call({miner: {createBlock: () => template}});
    tip = await chain.add(miner.cpu.mine(job));
    hashes.push(tip.rhash());
  }
  return hashes;
}

async function sendRawTransaction(args) {
  const tx = TX.fromRaw(args[0], 'hex');
  let missing;
  try {
    missing = await mempool.addTX(tx);
  } catch (error) {
    throw refuse(-26, error.reason || error.message);
  }
  if (missing)
    throw refuse(-25, 'bad-txns-inputs-missingorspent');
  return tx.txid();
}

async function getIndexInfo() {
  const state = {synced: true, best_block_height: chain.height};
  return {txindex: state, txospenderindex: state};
}

function calls() {
  const [networkInfo, mempoolInfo] = [rpc.calls.getnetworkinfo, rpc.calls.getmempoolinfo];
  rpc.calls.mine = mine;
  rpc.calls.sendrawtransaction = sendRawTransaction;
  rpc.calls.getindexinfo = getIndexInfo;
  rpc.calls.getnetworkinfo = async (args, help) =>
    ({...await networkInfo.call(rpc, args, help), version: 310000});
  rpc.calls.getmempoolinfo = async (args, help) =>
    ({...await mempoolInfo.call(rpc, args, help), minrelaytxfee: 0.00001, incrementalrelayfee: 0.00001});
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

(async () => {
  await node.ensure();
  await node.open();
  calls();
  console.log(JSON.stringify({port: node.http.http.address().port}));
})().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
