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
# # 初めての適合性試験
# **The first conformance run**
#
# CCUS（建設キャリアアップシステム）の登録情報を受け取るシステムは、共同利用契約を守らなければなりません。
# このノートは、模擬CCUSと申請システムをこの計算機の中だけで動かし、契約の一つの条を試し、結果を証拠とともに見せます。
# 上から順に実行してください。用意するものはありません。登場する人と会社はすべて架空です。
#
# A system that receives registration data from CCUS must keep the joint-use agreement. This notebook runs a
# simulated CCUS and a candidate system on this machine only, tries one article, and shows the result with its
# evidence. Run it from top to bottom; nothing has to be prepared. All people and firms are made up.

# %% [markdown]
# ## 1. 何を試すか
# **What is tried**
#
# `target` は申請システム、`article` は試す条、`row` は詳しく見る審査項目、`defect` は比べるための模擬不備です。
# 値を変えて実行し直せます。選べる模擬不備は `ccus-conformance defects` で一覧できます。
#
# `target` is the candidate, `article` the article to try, `row` the obligation to look at closely, `defect` the
# seeded fault to compare with. Change them and run again; `ccus-conformance defects` lists the defects.

# %% tags=["parameters"]
target = "reference"
article = "1"
row = "A1-07"
defect = "prime_refresh"

# %%
from ccus_harness import showing

# %% [markdown]
# ## 2. 実行する
# **Run it**
#
# 模擬CCUSと申請システムが別々のプロセスとして始まり、事前確認の後でシナリオが一つずつ進みます。
# 結果が契約の予告（参照システムは守る、模擬不備は決まった行だけを破る）と違えば、このセルは止まります。
#
# Simulator and candidate start as processes of their own; after the preflight the scenarios run one by one. If the
# outcome is not the announced one (the reference keeps the agreement, a defect breaks its own row), this cell stops.

# %%
report = showing.judge(target, article=article)

# %%
showing.about(report)

# %% [markdown]
# ## 3. 判定を読む
# **Read the verdicts**
#
# 一行が一つの義務です。「未実施」は「適合」ではありません。試していない行について、この実行は何も言いません。
#
# One row is one obligation. "Untested" is not "satisfied": of rows that were not tried this run says nothing.

# %%
showing.counts(report)

# %%
showing.verdicts(report)

# %% [markdown]
# ## 4. 一つの行の証拠を見る
# **Look at the evidence of one row**
#
# 判定の語だけでは争いに耐えません。選んだ行について、誰に何を頼み、何が返り、CCUSの台帳に何が残り、
# 何が保有されていたかを、シナリオの手順の順に並べます。証人は三つ、申請システムの答え、CCUSの台帳、保管先です。
#
# A word alone does not survive a dispute. For the chosen row: who was asked what, what came back, what stands on
# the ledger of CCUS and what was kept, in the order of the steps. There are three witnesses: the candidate's
# answers, the ledger, and the stores.

# %%
showing.evidence(report, row)

# %% [markdown]
# ## 5. 同じ行を、不備のあるシステムで
# **The same row, with a faulty system**
#
# 見つけられない検査は、何も見つけなくても意味がありません。わざと不備を入れた参照システムで同じ行を試します。
# 同じ問いに二つの答えが返り、同じ文で語られます。
#
# A test that cannot find anything proves nothing by finding nothing. The same row is tried on the reference system
# with a seeded fault. The same question gets two answers, told in the same sentences.

# %%
broken = showing.judge(f"reference:{defect}", obligation=row)

# %%
showing.findings(row, kept=report, broken=broken)

# %% [markdown]
# ## 6. 依頼はどこまで届いたか
# **How far each request got**
#
# 横の一列が利用者の一回の依頼です。左から右へ、起きたことだけが線でつながります。★ が今見ている行の依頼です。
# ● は起きたこと、× は断ったこと、横棒は何もなかったことを示し、下の言葉も同じことを言います。
#
# Each line is one request of a user. From left to right only what happened is joined. ★ marks the request that the
# row is about; a disc says that something happened, a cross that it was refused, a bar that there was nothing, and
# the words below each say the same.

# %%
showing.requests(report, broken, row=row)

# %% [markdown]
# ## 7. 次に
# **What next**
#
# 同じ種を使う次の命令で、端末から同じ結果を再現できます。直したら、その一行だけを試し直してください。
#
# The next command tries the row again in a terminal under the same seed. After mending, try just that row again.

# %%
print(showing.again(broken, row))
