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
# # 誰が見てよいか
# **Who may see whom**
#
# 「うちの技能者は誰に見られるのか」は、現場でいちばん多い問いです。答えは会社どうしの間柄ではなく、現場ごとの体制と入場で決まります。
# このノートは、体制を図にし、誰が誰を見てよいか、それはなぜかを示し、読み方が分かれるところを比べます。そのうえで、間違えている
# システムを動かし、どこで見せてしまうかを見ます。登場する人と会社はすべて架空です。
#
# "Who sees my workers?" is what people ask most. The answer hangs on the tree of each site and on entries, not on how firms
# stand to each other. This notebook draws the trees, says who may see whom and why, compares the readings where they part,
# and then runs a system that gets it wrong. All people and firms are made up.

# %% [markdown]
# ## 何を見るか
# **What is looked at**
#
# `name` は世界の名前です。`wrong` は、動かして比べる、間違えているシステムです。`row` はそのシステムが破る審査項目です。
#
# `name` is the world; `wrong` is the mistaken system that is run, and `row` the obligation that it breaks.

# %% tags=["parameters"]
name = "standard"
wrong = "reference:company_parent"
row = "A2-2-05"

# %%
from ccus_harness import showing

# %% [markdown]
# ## 現場の体制
# **The trees of the sites**
#
# 同じ会社が現場によって上になったり下になったりします。F1 と F2 の上下が、S1 と S2 で入れ替わっているところを見てください。
#
# A firm may stand above another at one site and below it at the next: look at F1 and F2 at S1 and at S2.

# %%
world = showing.world(name)
showing.trees(world)

# %% [markdown]
# ## 誰が誰を見てよいか
# **Who may see whom**
#
# 「所」は所属事業者、「元」は入場した現場の元請、「上」は入場した現場で上位に連なる下請です。「・」は見てはならない組です。
#
# 所 is an affiliated business, 元 the prime contractor of a site that was entered, 上 a firm above at that site, and ・ a pair
# that must not see.

# %%
showing.who_may(world)

# %% [markdown]
# ## なぜか
# **Why**
#
# P1 は T1 が入場した現場の元請なので見てよく、F1 は S1 で T1 の上にいるので見てよい組です。T2 は F1 の下ではなく上で入場したので、
# F1 は T2 を見てはなりません。F4 は同じ現場にいますが、T1 の上にはいません。どれかがそうでなければ、そのセルは止まります。
#
# P1 is the prime contractor of the site that T1 entered, and F1 stands above T1 at S1: both may see T1. T2 entered above F1,
# not below, so F1 must not see T2. F4 works on the same site, but not above T1. If one of these does not hold, its cell stops.

# %%
showing.why(world, "P1", "T1", may=True)

# %%
showing.why(world, "F1", "T1", may=True)

# %%
showing.why(world, "F1", "T2", may=False)

# %%
showing.why(world, "F4", "T1", may=False)

# %% [markdown]
# ## 読み方を比べる
# **Readings compared**
#
# 契約の文が言い切っていないところでは、読み方を選んで申告します。選び方で変わる組を、試験は「不適合」とは言いません。
#
# Where the text does not say, a reading is chosen and declared. A pair that turns with the choice is never called violated.

# %%
showing.compared(world)

# %% [markdown]
# ## この規則は正しく求められているか
# **Is the rule worked out right?**
#
# 審査の物差しが間違っていては困るので、規則は別々に書いた二つの方法で求め、すべての組で突き合わせます。
#
# A yardstick must not be wrong itself: the rule is worked out in two ways, written apart, and every pair is compared.

# %%
showing.two_ways(world)

# %% [markdown]
# ## 間違えているシステム
# **A system that gets it wrong**
#
# このシステムは、ある現場で上位に立つ会社を、どの現場でも上位だとみなします。動かして、誰に誰が見えたかを、いまの規則と並べます。
#
# This system takes a firm that stands above at one site as standing above everywhere. It is run, and who saw whom is held
# against the rule.

# %%
report = showing.judge(wrong, obligation=row)

# %%
showing.saw(report)

# %%
showing.seen_against_the_rule(report)

# %%
showing.red(report)
