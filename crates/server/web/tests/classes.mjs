// Every class of the README on one page, as a server-rendered page would use it.

export const classesPage = () => `<h1>Orders</h1><p class="lead">Where it is, how to move it, how to give it back.</p>
<section class="card"><header><h2>On the way</h2><span class="status-ok">All on time</span></header><ul class="rows">
<li class="row"><img class="pic" src="/draw/coffee.svg?c=terracotta&amp;v=1" alt="" width="64" height="64"><div class="row-main"><b>Marcala Medium, 340 g</b><small>Pantry Lane · PL-40718</small><small>Saturday 21 November, 8 to 10</small></div>
<div class="row-side num"><b>$25.90</b><small>packed, leaves tomorrow</small></div><div class="actions"><a class="btn btn-small" href="#">Move delivery</a><a class="btn btn-small" href="#">Cancel</a><a class="btn btn-small btn-quiet" href="#">Why</a></div></li>
<li class="row"><img class="pic" src="/draw/desk.svg?c=oak&amp;v=1" alt="" width="64" height="64"><div class="row-main"><b>Halden desk</b><small>Hearth &amp; Thread · HT-118</small></div><div class="row-side num"><b>$289.00</b><small class="status-ask">at risk</small></div></li></ul></section>
<section class="card"><h2>One order</h2><ol class="route"><li class="is-done"><div><b>Ordered</b><small>9:13</small></div></li><li class="is-now"><div><b>Packed</b></div></li><li class="is-todo"><div><b>On its way</b></div></li></ol>
<dl class="kv"><dt>Payee</dt><dd>Pantry Lane Ltd</dd><dt>Approved</dt><dd>by two words, 9:13</dd></dl></section>
<section class="card"><h2>Decisions</h2><table class="data"><thead><tr><th>When</th><th>What</th><th>Verdict</th></tr></thead><tbody><tr><td data-label="When" class="num">9:12</td><td data-label="What">Left out Roast House Blend: the register has no such number</td><td data-label="Verdict"><span class="status-no">denied</span></td></tr>
<tr><td data-label="When" class="num">9:13</td><td data-label="What">Name and address to Pantry Lane, this delivery</td><td data-label="Verdict"><span class="status-ok">allowed</span></td></tr><tr><td data-label="When" class="num">9:14</td><td data-label="What">Speech</td><td data-label="Verdict"><span class="status-off">off</span></td></tr></tbody></table></section>
<section class="notice notice-ask"><h2>The price changed after you agreed</h2><p>$25.90 is now $26.40.</p><p>Nothing was bought.</p><div class="actions"><button class="btn btn-small">Look at the new price</button></div></section>
<form class="card"><h2>New rule</h2><div class="field"><label for="rule">Say it in a sentence</label><input id="rule"></div><div class="actions"><button class="btn btn-primary">Save</button><button class="btn">Leave it</button><span class="chip">fair trade</span></div></form>
<p class="empty">Nothing ordered yet. Orders appear here with their delivery and receipt.</p>`;
