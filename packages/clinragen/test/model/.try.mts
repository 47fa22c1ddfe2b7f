import { loadTensors, noGrad, setThreads } from '@clinragen/torch';
import { T5 } from '../../src/model/t5.js';
import { readT5Config } from '../../src/model/t5-config.js';
import * as f from '../../src/model/fused.js';
for (const name of ['tied','untied']) {
const d='/work/shared/reference/t5-tiny-'+name;
const m=new T5(readT5Config(d)).eval(); const w=await loadTensors(d+'/model.safetensors'); m.loadStateDict(w,{strict:false});
const e=await loadTensors(d+'/expected.safetensors'); const g=(k:string)=>e.get(k)!;
const rel=(a:any,b:any)=>a.sub(b).abs().max().item()/b.abs().max().item();
setThreads(1);
const o=noGrad(()=>m.forward(g('inputs_embeds'),g('attention_mask'),g('labels'))); const o2=noGrad(()=>m.forward(m.shared.forward(g('input_ids')),g('attention_mask'),g('labels'))); console.log(name, process.env.OFF, rel(o.logits,g('inputs_embeds_logits')), rel(o2.logits,g('logits')));
}
