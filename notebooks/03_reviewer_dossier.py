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
# # 審査員の綴り
# **The reviewer's dossier**
#
# 一つの実行、または渡された一束の証拠を開き、判定の地図から証拠の一つ一つまでをたどります。綴りに書かれる数は、すべて開いた記録から
# 取られます。証拠が作られた時のままでなければ、綴りは開きません。
#
# A run, or a bundle that was handed in, is opened: from the map of verdicts down to each piece of evidence. Every number
# here is taken from the record that was opened. If the evidence is not as it was made, nothing is opened.

# %% [markdown]
# ## 何を開くか
# **What is opened**
#
# `source` に実行のフォルダか一束の証拠（`.ccus.zip`）を書きます。空のままなら、`example` を `rows` について動かし、見本の判断を
# `decided` の行に一つ付け、束ねて開きます。`row` は詳しく見る行で、空なら守られていない最初の行です。
# `ccus-conformance notebook` は、このノートを渡された証拠について作ります。
#
# `source` is the folder of a run or a bundle (`.ccus.zip`). Left empty, `example` is run over `rows`, an example of a
# decision is put on the row `decided`, and it is packed and opened. `row` is looked at closely; empty stands for the first
# row that was not kept. `ccus-conformance notebook` makes this notebook for the evidence it is given.

# %% tags=["parameters"]
source = ""
row = ""
example = "reference:company_parent"
rows = ["A2-2-04", "A2-2-05", "A2-4-01", "A2-4-05", "A6-16", "A6-20"]
decided = "A2-4-01"

# %%
from ccus_harness import showing

# %%
opened = showing.dossier(source, example=example, rows=rows, decided=decided)
report = opened.report
chosen = showing.looked_at(report, row)

# %% [markdown]
# ## 証拠は作られた時のままか
# **Is the evidence as it was made?**
#
# 署名、台帳、記録から導き直した判定の順に確かめます。「注」は、確かめられないことを言います。
#
# Signature, ledger, and the verdicts derived again from the record, in this order. "Note" says what cannot be verified.

# %%
showing.verified(opened)

# %%
showing.about(report)

# %% [markdown]
# ## 判定の地図
# **The map of verdicts**
#
# 一つの四角が一つの義務です。色と中の印は同じことを言います。
#
# Each square is one obligation; its colour and its sign say the same.

# %%
showing.verdict_map(report)

# %%
showing.counts(report)

# %% [markdown]
# ## 守られていない行
# **The rows that were not kept**
#
# それぞれについて、あるべき姿、見えたもの、次にすること、原因の所在を並べます。
#
# For each: what is expected, what was seen, what comes next, and whose it is.

# %%
showing.red(report)

# %% [markdown]
# ## 一つの行の証拠
# **The evidence of one row**
#
# 判定のもとになったシナリオを手順の順にたどります。誰に何を頼み、何が返ったかが、確認元ごとに分かります。
#
# The scenario that gave the row its word, step by step: who was asked what, and what came back, by witness.

# %%
showing.evidence(report, chosen)

# %% [markdown]
# ## 時の順
# **In order of time**
#
# 同じシナリオを、世界の時計の順に並べます。列は誰のところで起きたか、● は起きたこと、× は断ったこと、◆ は契約や事故の節目です。
#
# The same scenario by the clock of its world. The column says at whose place it happened; a disc is something that happened,
# a cross a refusal, a diamond a turn of the agreement or of an incident.

# %%
showing.happened(report, chosen)

# %% [markdown]
# ## 誰に誰が見えたか
# **Who saw whom**
#
# 第2条第2項の最も大きいシナリオを表にします。読み方が分かれる組は、不適合とは言わずに△と▽で示します。
#
# The largest scenario of Article 2(2). Pairs on which readings differ are not called violated; they are marked △ and ▽.

# %%
showing.saw(report)

# %%
showing.seen_against_the_rule(report)

# %% [markdown]
# ## 事故の演習
# **Drills of incidents**
#
# 合図を届けた時刻は試験の側が決めたもの、乙が知った時刻は乙の受付に届いたものです。
#
# The time of the sign is the suite's own; the time when the Fund heard of it is that of its inbox.

# %%
showing.drills(report)

# %% [markdown]
# ## 契約の終わり
# **The end of the agreement**
#
# 終わる前と最後に調べたときに、どの保存先に何がいくつ見つかったか、証明書は何と言うかを並べます。
#
# What was found in which store before the end and at the last look, and what the certificate says of it.

# %%
showing.stores(report)

# %% [markdown]
# ## 人が決めること
# **What people decide**
#
# 機械が決めない行は、名前と日付と理由とともに人が決めます。機械の判定は、覆されても消えません。
#
# What a machine leaves open is decided by people, with name, date and reason. The machine's word stays, even if overruled.

# %%
showing.for_people(opened)

# %% [markdown]
# ## 第9条の協議事項
# **Questions under Article 9**
#
# 読み方によって判定が変わる行があれば、当事者が話し合う問いとして番号を付けて示します。
#
# Where a word hangs on how the text is read, it becomes a numbered question for the parties.

# %%
showing.for_the_parties(report)

# %% [markdown]
# ## もう一度試すには
# **To try it again**
#
# 次の命令は、詳しく見た行だけを同じ種で試し直します。
#
# The next command tries the row that was looked at again, under the same seed.

# %%
print(showing.again(report, chosen))
