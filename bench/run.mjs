/**
 * Speed beside peers, as ratios of one run.
 *
 *   npm run bench                              both
 *   npm run bench -- training                  one of: training, generation
 *   npm run bench -- generation --rounds 9
 *
 * Both sides are processes that stay alive; a round asks one, then the other, so that what else the machine does falls on
 * both. Medians over rounds after one that is not counted. The peer is Hugging Face transformers on PyTorch, where
 * python3 has them (`pip install transformers`); batch, lengths, bf16 and threads are the same.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BENCHES = {
  training: 'one step of Flan-T5-small’s size: 4 × (512 + 128) tokens, bf16 autocast, AdamW',
  generation: 'Flan-T5-small’s size: encode 4 × 512 tokens, 64 new ones with 2 beams, bf16 weights',
};

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

function parse(args) {
  const names = [];
  let rounds = 5;
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--rounds') rounds = Number(args[++i]);
    else if (Object.hasOwn(BENCHES, args[i])) names.push(args[i]);
    else {
      console.error(`unknown bench '${args[i]}'; there are ${Object.keys(BENCHES).join(', ')}, and --rounds N`);
      process.exit(1);
    }
  }
  if (!Number.isInteger(rounds) || rounds < 1) {
    console.error('--rounds takes a whole number from 1 on');
    process.exit(1);
  }
  return { names: names.length > 0 ? names : Object.keys(BENCHES), rounds };
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

async function measure(name, rounds) {
  const threads = String(availableParallelism());
  const config = here('flan-t5-small.json');
  const ours = side(process.execPath, ['--import', 'tsx', '--conditions=source', here('t5.ts'), name, config, threads]);
  const peer = side('python3', [here('peers/transformers_t5.py'), name, config, threads]);
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
        `  ${what.padEnd(34)} ${median(values).toFixed(digits).padStart(8)}   (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`,
      );
    console.log(`\n${name}: ${BENCHES[name]}; ${threads} threads, median of ${rounds} (least to most)`);
    row(`${first.what}, tokens/s`, rates.ours, 0);
    row(`${second.what}, tokens/s`, rates.peer, 0);
    row('ratio, round by round', ratios, 2);
  } finally {
    ours.end();
    peer.end();
  }
}

const { names, rounds } = parse(process.argv.slice(2));
for (const name of names) {
  try {
    await measure(name, rounds);
  } catch (error) {
    console.error(`\n${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
