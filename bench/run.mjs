/**
 * Speed beside peers, as ratios of one run.
 *
 *   npm run bench                              all
 *   npm run bench -- training                  one of: training, generation, calls, cohort
 *   npm run bench -- generation --rounds 9 --threads 1
 *
 * Both sides are processes that stay alive; a round asks one, then the other, so that what else the machine does falls on
 * both. Medians over rounds after one that is not counted. The peer is Hugging Face transformers on PyTorch, where
 * python3 has them (`pip install transformers`; `PYTHON` names another interpreter); batch, lengths, bf16 and threads are
 * the same. Where other programs use the machine too, --threads 1 says more: a second thread waits for its turn.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { measureCohorts } from './cohort-table.mjs';

const BENCHES = {
  training: {
    what: 'one step of Flan-T5-small’s size: 4 × (512 + 128) tokens, bf16 autocast, dropout 0.1, AdamW',
    unit: 'tokens/s',
    ours: 't5.ts',
    peer: 'peers/transformers_t5.py',
  },
  generation: {
    what: 'Flan-T5-small’s size: encode 4 × 512 tokens, 64 new ones with 2 beams, bf16 weights',
    unit: 'tokens/s',
    ours: 't5.ts',
    peer: 'peers/transformers_t5.py',
  },
  calls: {
    what: 'eight operators on 4 × 4 numbers: what a call costs',
    unit: 'calls/s',
    ours: 'calls.ts',
    peer: 'peers/torch_calls.py',
  },
  /** A table of sizes instead of rounds. */
  cohort: { table: measureCohorts },
};

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

function parse(args) {
  const names = [];
  let rounds = 5;
  let threads = availableParallelism();
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--rounds') rounds = Number(args[++i]);
    else if (args[i] === '--threads') threads = Number(args[++i]);
    else if (Object.hasOwn(BENCHES, args[i])) names.push(args[i]);
    else {
      console.error(
        `unknown bench '${args[i]}'; there are ${Object.keys(BENCHES).join(', ')}, --rounds N and --threads N`,
      );
      process.exit(1);
    }
  }
  for (const [flag, value] of Object.entries({ rounds, threads })) {
    if (Number.isInteger(value) && value >= 1) continue;
    console.error(`--${flag} takes a whole number from 1 on`);
    process.exit(1);
  }
  return { names: names.length > 0 ? names : Object.keys(BENCHES), rounds, threads: String(threads) };
}

/** A process that answers each line with a measurement. */
function side(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (data) => {
    complaint = `${complaint}${data}`.slice(-2000);
  });
  const waiting = [];
  let ended = false;
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)));
  child.on('close', () => {
    ended = true;
    for (const one of waiting) one.reject(new Error(complaint.trim().split('\n').at(-1) ?? 'it ended'));
  });
  const answer = () =>
    ended
      ? Promise.reject(new Error(complaint.trim().split('\n').at(-1) ?? 'it ended'))
      : new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  return {
    ready: answer(),
    ask() {
      const result = answer();
      if (!ended) child.stdin.write('\n');
      return result;
    },
    end: () => child.kill(),
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure(name, rounds, threads) {
  const bench = BENCHES[name];
  const given = [name, here('flan-t5-small.json'), threads];
  const ours = side(process.execPath, ['--import', 'tsx', '--conditions=source', here(bench.ours), ...given]);
  const peer = side(process.env.PYTHON ?? 'python3', [here(bench.peer), ...given]);
  try {
    const first = await ours.ready;
    const second = await peer.ready.catch((error) => {
      throw new Error(`the peer did not start (${error.message}); it needs \`pip install transformers\` beside torch`);
    });
    const rates = { ours: [], peer: [] };
    for (let round = 0; round <= rounds; round++) {
      const [a, b] = [await ours.ask(), await peer.ask()];
      if (round === 0) continue;
      rates.ours.push(a.amount / a.seconds);
      rates.peer.push(b.amount / b.seconds);
    }
    const ratios = rates.ours.map((rate, i) => rate / rates.peer[i]);
    const row = (what, values, digits) =>
      console.log(
        `  ${what.padEnd(48)} ${median(values).toFixed(digits).padStart(8)}   (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`,
      );
    console.log(`\n${name}: ${bench.what}; threads: ${threads}, median of ${rounds} (least to most)`);
    row(`${first.what}, ${bench.unit}`, rates.ours, 0);
    row(`${second.what}, ${bench.unit}`, rates.peer, 0);
    row('ratio, round by round', ratios, 2);
  } finally {
    ours.end();
    peer.end();
  }
}

const { names, rounds, threads } = parse(process.argv.slice(2));
for (const name of names) {
  try {
    const { table } = BENCHES[name];
    await (table ? table() : measure(name, rounds, threads));
  } catch (error) {
    console.error(`\n${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
