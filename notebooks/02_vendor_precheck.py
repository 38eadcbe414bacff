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
# # 申請の前に自分で試す
# **A vendor's own check before applying**
#
# 申請システムを指し、試し、読み、直し、その一行だけを試し直します。ここでは、不備を一つ入れた参照システムを自社のシステムに見立てます。
# 自社のシステムなら、下の変数を書き換えるだけです。結果は自己試験であり、認定の判断ではありません。
#
# Point at a candidate, try it, read, mend, and try that one row again. Here the reference system with one seeded fault stands
# for your own; for yours, change the variables below. The result is a self-test and certifies nothing.

# %% [markdown]
# ## 何を試すか
# **What is tried**
#
# `candidate` は直す前、`mended` は直した後の申請システムです。自社のシステムでは、どちらにも `http:http://127.0.0.1:8081` のような
# 試験操作インターフェースのアドレスを書き、`profile` にプロファイルのファイルを書き、環境変数 `CCUS_CANDIDATE_TOKEN` にトークンを
# 入れます。`rows` は試す行です。まず少なく選ぶと、早く答えが出ます。
#
# `candidate` is the system before, `mended` after mending. For your own, write the address of its test-control interface in both,
# such as `http:http://127.0.0.1:8081`, the file of its profile in `profile`, and put the token in the environment variable
# `CCUS_CANDIDATE_TOKEN`. `rows` are tried: begin with few, and the answer comes soon.

# %% tags=["parameters"]
candidate = "reference:prime_refresh"
mended = "reference"
profile = ""
rows = ["A1-07", "A1-11", "A1-13", "A2-1-02", "A2-3-03"]
wrong_address = "http:http://127.0.0.1:9"

# %%
from ccus_harness import showing

# %% [markdown]
# ## うまくつながらないとき
# **When the connection fails**
#
# 失敗の多くは設定の失敗です。つながらないことは契約違反ではないので、判定は何も出ず、直すところが言葉で返ります。
#
# Most failures are failures of set-up. Not being reached breaks no agreement: nothing is judged, and what to mend is said.

# %%
showing.not_reached(wrong_address, rows[0])

# %% [markdown]
# ## 一回目
# **The first attempt**
#
# 模擬CCUSと申請システムが始まり、選んだ行のシナリオが進みます。
#
# Simulated CCUS and candidate start, and the scenarios of the chosen rows run.

# %%
first = showing.attempt(candidate, rows, profile)

# %%
showing.chapters(first)

# %% [markdown]
# ## 読む
# **Read**
#
# 守られていない行には、あるべき姿、見えたもの、次にすること、原因の所在があります。
#
# A row that was not kept comes with what is expected, what was seen, what to do next, and whose it is.

# %%
showing.red(first.report)

# %%
broken = showing.first_broken(first)
showing.evidence(first.report, broken)

# %% [markdown]
# 依頼がどこまで届いたかを絵で見ると、どこで間違えたかが分かりやすくなります。
#
# A picture of how far each request got makes it easier to see where it went wrong.

# %%
showing.requests(first.report, row=broken)

# %% [markdown]
# ## 直す
# **Mend**
#
# 直すのはあなたのシステムです。直した後は、破れた行と、それに連なる行を試し直します。
#
# The mending is done in your system. Afterwards the broken row is tried again, and what leans on it.

# %%
showing.to_try_again(first)

# %%
print(showing.again(first.report, broken))

# %% [markdown]
# ## その一行だけを試し直す
# **Try that one row again**
#
# 直っていなければ、次の表を出す前に止まります。
#
# If it is not mended, the notebook stops before the next table.

# %%
second = showing.attempt(mended, [broken], profile)

# %%
showing.changed(first, second)

# %% [markdown]
# ## 次に
# **What next**
#
# 選ぶ行を増やし、最後に条を選ばずにすべてを試してください。`ccus-conformance run` に同じ対象を渡せば、端末でもCIでも同じ結果になります。
#
# Choose more rows, and in the end all of them. `ccus-conformance run` with the same target gives the same result in a terminal
# or in CI.
