# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 由来の印と、終わりの廃棄
# **Marks of origin, and disposal at the end**
#
# 試験は、登録情報がどこへ行っても見分けられるように、架空の記録におとりの値を入れておきます。このノートは、そのおとりを隠しては見つけ、
# 申請システムが付けた由来の印と並べ、契約が終わった後に何が残っているかを三つの証人、すなわち台帳、証明書、保管先で突き合わせます。
# 人も会社も値も、すべて架空です。
#
# The synthetic records hold bait values, so that registration data can be told wherever they go. This notebook hides such a
# value and finds it, lays it beside the marks of origin that a system keeps, and reconciles what is left after the end by
# three witnesses: ledger, certificate and stores. All people, firms and values are made up.

# %% [markdown]
# ## 何を動かすか
# **What is run**
#
# `kept` は契約を守るシステム、`unmarked` は印を付けないシステム、`left` は消したことにして残すシステムです。
# `mark_row` は印の、`purge_row` は廃棄の審査項目、`person` はおとりを見る技能者です。
#
# `kept` keeps the agreement, `unmarked` sets no marks, `left` only pretends to delete. `mark_row` is the obligation of the
# marks, `purge_row` that of disposal, and `person` the technician whose bait is shown.

# %% tags=["parameters"]
kept = "reference"
unmarked = "reference:unmarked"
left = "reference:soft_delete"
mark_row = "A2-3-03"
purge_row = "A6-03"
person = "T1"

# %%
from ccus_harness import showing

# %%
report = showing.judge(kept, rows=[mark_row, purge_row])

# %% [markdown]
# ## おとりの値
# **The bait**
#
# 見分けるための値は、実行ごと、記録ごとに違います。見つかれば、誰のどの項目かまで言えます。下の方の、別紙1にない項目は、
# CCUSが誤って送っても残っていてはならないものです。
#
# The values differ from run to run and from record to record: a find tells whose and which item it is. Those at the end lie
# outside Annex 1, and must not be kept even if CCUS sends them by mistake.

# %%
showing.bait(report, mark_row, person)

# %% [markdown]
# ## 隠して探す
# **Hidden and searched for**
#
# 見つけられない探し方は、何も見つけなくても意味がありません。同じ値を、日本のシステムが書く形に一つずつ変えて隠し、探します。
# 一つでも見つからなければ、このセルは止まります。
#
# A search that cannot find proves nothing by finding nothing. The same value is hidden in each form in which systems write it,
# and searched for. If one is missed, this cell stops.

# %%
showing.hidden_and_found(report, mark_row, person)

# %% [markdown]
# ## 由来の印
# **Marks of origin**
#
# 申請システム自身が出した保有データです。CCUSから来た値と、利用者が自分で入れた値とが、項目ごとに見分けられます。
#
# What the system itself hands out as kept: item by item, what came from CCUS and what a user typed can be told apart.

# %%
showing.marks(report, mark_row, person)

# %% [markdown]
# 印を付けないシステムでは、同じ問いに違う答えが返ります。
#
# A system that sets no marks gives another answer to the same question.

# %%
without = showing.judge(unmarked, obligation=mark_row)

# %%
showing.marks(without, mark_row, person)

# %%
showing.findings(mark_row, kept=report, broken=without)

# %% [markdown]
# ## 終わった後に残るもの
# **What is left after the end**
#
# 終わる前の調べで見つかったものが、終わった後の調べで見つからないことを、保存先ごとに確かめます。
#
# What was found before the end must not be found after it, store by store.

# %%
showing.stores(report)

# %%
showing.deliveries(report)

# %% [markdown]
# ## 台帳と証明書と残りを突き合わせる
# **Ledger, certificate and residue reconciled**
#
# 台帳は何が提供されたかを、証明書は何が廃棄されたかを、保管先は何が残っているかを言います。三つが合うかを一つずつ見ます。
#
# The ledger says what was provided, the certificate what was disposed of, the stores what is left: one comparison at a time.

# %%
showing.reconciliation(report)

# %% [markdown]
# ## 消したことにして残すシステム
# **A system that only pretends to delete**
#
# このシステムは、見えなくするだけで消しません。それでも証明書は出します。保管先を読めば分かります。
#
# This one hides the records and deletes nothing, and certifies all the same. Whoever reads the stores sees it.

# %%
broken = showing.judge(left, obligation=purge_row)

# %%
showing.stores(broken)

# %%
showing.reconciliation(broken)

# %%
showing.findings(purge_row, kept=report, broken=broken)

# %% [markdown]
# ## 時の順
# **In order of time**
#
# 終わりの前後に何があったかを、世界の時計の順に並べます。
#
# What happened around the end, by the clock of its world.

# %%
showing.happened(broken, purge_row)
