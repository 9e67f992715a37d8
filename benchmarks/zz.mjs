const roots = process.argv.slice(2);
import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
const cb = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) });
const work=async()=>1;
const fns={bare:work, cockatiel:()=>cb.execute(work)}; const fs=[];
for (const r of roots) { const { CircuitBreakerFactory, MemoryBackend } = await import(r + '/packages/core/dist/index.js'); const f=new CircuitBreakerFactory({backend:new MemoryBackend(),consistency:{maxStaleness:'250ms'}}); const b=f.breakerFor('a'); fs.push(f); fns[r.split('/').pop()]=()=>b.execute(work); }
const run = async (fn,n)=>{const c=process.cpuUsage(); for(let i=0;i<n;i++) await fn(); const u=process.cpuUsage(c); return (u.user+u.system)/n;};
const res={}; for (const k in fns){res[k]=[]; await run(fns[k],100000);}
for (let r=0;r<41;r++) for (const k in fns) res[k].push(await run(fns[k],100000));
const med=x=>[...x].sort((p,q)=>p-q)[x.length>>1];
for (const k in res) console.log(k.padEnd(12),'min',Math.min(...res[k]).toFixed(3),'med',med(res[k]).toFixed(3),'/cockatiel med', med(res[k].map((x,i)=>x/res.cockatiel[i])).toFixed(3));
for (const f of fs) await f.close();
