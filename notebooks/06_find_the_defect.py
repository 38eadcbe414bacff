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
# # 不備を見つける
# **Find the defect**
#
# 班ごとに、不備を一つ隠したシステムが問いの数だけ動きます。判定は示しません。記録を読み、どの行が守られていないか、
# それを誰が証言しているかを答えてください。採点はこのノートがします。答えは講師が持っています。
#
# For each team, as many systems run as there are questions, each with one hidden defect. No verdict is shown: read the record,
# and say which row is not kept and who bears witness. The notebook marks the answers; the trainer has the key.

# %% [markdown]
# ## 問題を作る
# **Setting the exam**
#
# `course` は講座の名前、`team` は班の名前で、この二つで隠れる不備が決まります。`questions` は出す問いです。`rows` に各問いの答えの行、
# `witnesses` に証人を書き、`teams` と `trainer` は講師だけが使います。
#
# `course` and `team` decide which defect is hidden; `questions` are those that are set. Write the row of each answer in `rows` and
# the witness in `witnesses`. `teams` and `trainer` are for the trainer.

# %% tags=["parameters"]
course = "2026"
team = "1班"
questions = ["request", "scope", "end"]
rows = {"request": "", "scope": "", "end": ""}
witnesses = {"request": "", "scope": "", "end": ""}
teams = ["1班", "2班", "3班", "4班"]
trainer = False

# %%
from ccus_harness import showing

# %%
showing.explain_names(questions)

# %% [markdown]
# ## 動かす
# **Run them**
#
# 進みだけを示し、結果は示しません。隠れた不備が見つからない実行なら、このセルは止まり、試験は成り立ちません。
#
# Only the progress is shown, not the outcome. If a hidden defect cannot be found in a run, this cell stops: there is no exam.

# %%
held = showing.exam(course, team, questions)

# %% [markdown]
# ## 問い一
# **Question one**
#
# 次の行のうち、守られていないのはどれですか。記録の「相手」が証人です。
#
# Which of these rows is not kept? The witnesses are those in the column "Who" of the record.

# %%
showing.asked(questions[0])

# %%
showing.clues(held, questions[0])

# %% [markdown]
# ## 問い二
# **Question two**
#
# 閲覧の問いなら、体制と、誰が誰を見てよいかは `05_scope` にあります。
#
# If it is about looking: the trees, and who may see whom, are in `05_scope`.

# %%
showing.asked(questions[1])

# %%
showing.clues(held, questions[1])

# %% [markdown]
# ## 問い三
# **Question three**
#
# 終わりの問いなら、終わる前に見つかったものが、終わった後にどうなったか、証明書は届いたかを追ってください。
#
# If it is about the end: follow what was found before it. What became of it, and did a certificate arrive?

# %%
showing.asked(questions[2])

# %%
showing.clues(held, questions[2])

# %% [markdown]
# ## 採点
# **Marks**
#
# 不備が破る行そのものが正解で、つられて破れた行には半分の点が付きます。証人は、答えた行が破れたことを実際に証言している者が正解です。
#
# The row that the defect breaks is right; one that it drags along earns half. The witness is right who bears witness that
# the named row was broken.

# %%
showing.marked(held, rows, witnesses)

# %%
showing.answer_map(held, rows, witnesses)

# %% [markdown]
# ## 講師の答え
# **The trainer's key**
#
# すべての班の答えは、動かさなくても分かります。その下は、この班の記録に実際に見えたものです。
#
# The key of all teams needs no run. Below it stands what the record of this team really showed.

# %%
showing.answer_key(course, teams, questions, trainer=trainer)

# %%
showing.explained(held, trainer=trainer)
